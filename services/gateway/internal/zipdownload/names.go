package zipdownload

import (
	"fmt"
	"path"
	"strings"
	"unicode"

	pb "tintype.dev/gateway/gen/tintype/v1"
)

// names are those of the files in one zip: two of one name would be one in most programs, whatever its case.
type names map[string]bool

func (n names) of(photo *pb.Photo) string {
	plain := harmless(photo.GetFileName())
	if plain == "" {
		plain = photo.GetPhotoId()
	}
	end := path.Ext(plain)
	stem := strings.TrimSuffix(plain, end)
	free := plain
	for number := 2; n[strings.ToLower(free)]; number++ {
		free = fmt.Sprintf("%s (%d)%s", stem, number, end)
	}
	n[strings.ToLower(free)] = true
	return free
}

// harmless is a name that leads out of no folder and that every system takes: whoever uploaded it chose it.
func harmless(name string) string {
	name = strings.Map(func(each rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, each) || unicode.IsControl(each) {
			return '_'
		}
		return each
	}, strings.ToValidUTF8(name, "_"))
	return strings.TrimRight(strings.TrimLeft(name, ". "), ". ")
}
