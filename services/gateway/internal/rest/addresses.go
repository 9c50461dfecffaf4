package rest

import (
	"context"
	"net/http"
	"strings"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"tintype.dev/gateway/internal/edge"
)

// signedPath is where the library's HTTP port and the bridge, which passes it on, serve what an address grants.
const signedPath = "/media/"

// signed are the fields that hold an address which the library signed: one of its own HTTP port, that a client of the
// bridge cannot reach as a rule, or one of an object store.
var signed = map[protoreflect.FullName]bool{
	"tintype.v1.Photo.thumbnail_url":       true,
	"tintype.v1.Album.cover_thumbnail_url": true,
	"tintype.v1.SignMediaResponse.url":     true,
}

// addressed makes the signed addresses of an answer such as the client that asked can reach: through the bridge.
func addressed(origin string) func(context.Context, http.ResponseWriter, proto.Message) error {
	leads := leadsOfContract()
	return func(ctx context.Context, _ http.ResponseWriter, reply proto.Message) error {
		at := reply.ProtoReflect()
		if len(leads[at.Descriptor().FullName()]) > 0 {
			leads.readdress(at, originOf(requestOf(ctx), origin))
		}
		return nil
	}
}

// originOf is what the client sees of the bridge.
func originOf(r *http.Request, stated string) string {
	switch {
	case stated != "":
		return stated
	case edge.IsSecure(r):
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// leads are, by message, the fields that are signed addresses or have such somewhere below them.
type leads map[protoreflect.FullName][]protoreflect.FieldDescriptor

func leadsOfContract() leads {
	found := leads{}
	for more := true; more; { // one level more each time, until nothing is added
		more = false
		eachMessage(func(message protoreflect.MessageDescriptor) {
			var fields []protoreflect.FieldDescriptor
			for field := range each(message.Fields()) {
				below := field.Message() != nil && !field.IsMap() && len(found[field.Message().FullName()]) > 0
				if below || signed[field.FullName()] {
					fields = append(fields, field)
				}
			}
			more = more || len(fields) > len(found[message.FullName()])
			found[message.FullName()] = fields
		})
	}
	return found
}

func (l leads) readdress(in protoreflect.Message, origin string) {
	for _, field := range l[in.Descriptor().FullName()] {
		switch {
		case !in.Has(field):
		case field.Message() == nil:
			in.Set(field, protoreflect.ValueOfString(ours(in.Get(field).String(), origin)))
		case field.IsList():
			all := in.Get(field).List()
			for at := range all.Len() {
				l.readdress(all.Get(at).Message(), origin)
			}
		default:
			l.readdress(in.Get(field).Message(), origin)
		}
	}
}

// ours is an address of the library's port at the bridge's; one in an object store, which has a query, stays as it is.
func ours(address, origin string) string {
	at := strings.LastIndex(address, signedPath)
	if at < 0 || strings.Contains(address, "?") {
		return address
	}
	return origin + address[at:]
}
