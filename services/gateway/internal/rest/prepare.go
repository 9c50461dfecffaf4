package rest

import (
	"net/http"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	pb "tintype.dev/gateway/gen/tintype/v1"
	"tintype.dev/gateway/internal/failure"
)

const (
	etagField = protoreflect.Name("etag")
	maskField = protoreflect.Name("update_mask")
)

// entityTag is a strong one, as RFC 9110 writes it.
var entityTag = regexp.MustCompile(`^"[^"]*"$`)

// prepare checks the request for what grpc-gateway lets pass, and moves its etag and its mask to where they belong.
func (b binding) prepare(came *http.Request, request protoreflect.Message) error {
	if b.body == "" && came.ContentLength != 0 {
		return failure.Invalid("this call takes no body: its fields stand in the query")
	}
	if err := b.checkQuery(came.URL.RawQuery, request.Descriptor()); err != nil {
		return err
	}
	edited, err := b.edited(request)
	if err != nil {
		return err
	}
	if err := takeTag(came, request, edited); err != nil {
		return err
	}
	return b.cleanMask(came, request)
}

// edited is the resource that a PATCH brings; its ids have to be those of the address.
func (b binding) edited(request protoreflect.Message) (protoreflect.Message, error) {
	if b.method != http.MethodPatch || b.body == "" || b.body == "*" {
		return nil, nil
	}
	resource := request.Get(request.Descriptor().Fields().ByName(protoreflect.Name(b.body))).Message()
	for _, name := range b.variables {
		in := request.Descriptor().Fields().ByName(protoreflect.Name(name))
		own := resource.Descriptor().Fields().ByName(protoreflect.Name(name))
		if own != nil && resource.Has(own) && !resource.Get(own).Equal(request.Get(in)) {
			return nil, failure.Invalid(own.JSONName() + " is not that of the address")
		}
	}
	return resource, nil
}

// takeTag puts what the client knows of a resource into the request's etag: If-Match, or else the etag of the body.
func takeTag(came *http.Request, request, edited protoreflect.Message) error {
	field := request.Descriptor().Fields().ByName(etagField)
	header := came.Header.Get("If-Match")
	switch {
	case header != "" && header != "*" && methodOf(came) != http.MethodGet:
		if !entityTag.MatchString(header) || len(came.Header.Values("If-Match")) > 1 {
			return failure.Invalid("If-Match takes one ETag, as it was given")
		}
		if field == nil {
			return failure.Invalid("this call takes no If-Match")
		}
		request.Set(field, protoreflect.ValueOfString(header)) // the contract's etags are those of HTTP, quotes and all
	case field != nil && edited != nil && !request.Has(field):
		if own := edited.Descriptor().Fields().ByName(etagField); own != nil {
			request.Set(field, edited.Get(own))
		}
	}
	return nil
}

// cleanMask leaves in a mask that comes from the keys of a body what a user edits: whole fields, no ids, no etag.
func (b binding) cleanMask(came *http.Request, request protoreflect.Message) error {
	field := request.Descriptor().Fields().ByName(maskField)
	query := came.URL.Query()
	if b.method != http.MethodPatch || field == nil || query.Has(field.JSONName()) || query.Has(string(field.Name())) {
		return nil
	}
	mask := &fieldmaskpb.FieldMask{}
	for _, path := range request.Get(field).Message().Interface().(*fieldmaskpb.FieldMask).GetPaths() {
		name, _, _ := strings.Cut(path, ".")
		if name != "" && name != string(etagField) && !slices.Contains(b.variables, name) && !slices.Contains(mask.Paths, name) {
			mask.Paths = append(mask.Paths, name)
		}
	}
	if len(mask.Paths) == 0 {
		return failure.New(codes.InvalidArgument, pb.ErrorReason_ERROR_REASON_UPDATE_MASK_INVALID,
			"the body names no field to change")
	}
	slices.Sort(mask.Paths)
	request.Set(field, protoreflect.ValueOfMessage(mask.ProtoReflect()))
	return nil
}
