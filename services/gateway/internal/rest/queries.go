package rest

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"github.com/grpc-ecosystem/grpc-gateway/v2/utilities"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/failure"
)

// short are the names of a search's address that people read and keep; the contract says what they stand for.
var short = []string{"q", "year", "place"}

// queries fills a request from a query; the short names of a search are spelled out first.
type queries struct{ runtime.DefaultQueryParser }

// Parse puts values into a message; those of `filter` come from elsewhere.
func (q *queries) Parse(message proto.Message, values url.Values, filter *utilities.DoubleArray) error {
	if search, ok := message.(*pb.SearchPhotosRequest); ok {
		var err error
		if values, err = spellOut(search, values); err != nil {
			return err
		}
	}
	return q.DefaultQueryParser.Parse(message, values, filter)
}

func spellOut(search *pb.SearchPhotosRequest, values url.Values) (url.Values, error) {
	rest := url.Values{}
	for name, given := range values {
		switch name {
		case "q":
			rest["words"] = append(rest["words"], given...)
		case "place":
			rest["filter.places.any_of"] = append(rest["filter.places.any_of"], given...)
		case "year":
			for _, year := range given {
				if number, err := strconv.Atoi(year); err != nil || number < 1000 || number > 9999 {
					return nil, fmt.Errorf("year: %q is no year", year)
				}
				if search.Filter == nil {
					search.Filter = &pb.PhotoFilter{}
				}
				span := &pb.DateSpan{First: year + "-01-01", Last: year + "-12-31"}
				search.Filter.Dates = append(search.Filter.Dates, span)
			}
		default:
			rest[name] = append(rest[name], given...)
		}
	}
	return rest, nil
}

// checkQuery refuses parameters that would be ignored: unknown ones, and those that the address or the body states.
func (b binding) checkQuery(raw string, request protoreflect.MessageDescriptor) error {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return failure.Invalid("the query cannot be read")
	}
	for name := range values {
		if b.body == "*" {
			return failure.Invalid(fmt.Sprintf("unknown query parameter %q: the fields of this call stand in its body", name))
		}
		if request.FullName() == "tintype.v1.SearchPhotosRequest" && slices.Contains(short, name) {
			continue
		}
		if !b.knows(name, request) {
			return failure.Invalid(fmt.Sprintf("unknown query parameter %q", name))
		}
	}
	return nil
}

func (b binding) knows(name string, message protoreflect.MessageDescriptor) bool {
	for at, part := range strings.Split(name, ".") {
		if message == nil {
			return false
		}
		field := message.Fields().ByJSONName(part)
		if field == nil {
			field = message.Fields().ByTextName(part)
		}
		if field == nil || at == 0 && (string(field.Name()) == b.body || slices.Contains(b.variables, string(field.Name()))) {
			return false
		}
		message = nil
		if !field.IsList() && !field.IsMap() {
			message = field.Message()
		}
	}
	return true
}
