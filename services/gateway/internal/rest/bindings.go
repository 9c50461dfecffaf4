package rest

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

const contract = protoreflect.FullName("tintype.v1")

// variable is a part of a template that names a field of the request; ours span one segment, up to a verb.
var variable = regexp.MustCompile(`\{([a-z_]+)\}`)

// binding is one way to call an RPC: google.api.http, as far as what follows needs it.
type binding struct {
	rpc       protoreflect.MethodDescriptor
	method    string
	template  string
	body      string // the request's field that the body is; "*" for all of it, empty for none
	variables []string
	path      *regexp.Regexp
}

// bindings are all of the contract, by the full method of gRPC, such as /tintype.v1.CatalogService/GetPhoto.
type bindings map[string][]binding

func bindingsOfContract() (bindings, error) {
	all := bindings{}
	var failed error
	protoregistry.GlobalFiles.RangeFilesByPackage(contract, func(file protoreflect.FileDescriptor) bool {
		for service := range each(file.Services()) {
			for rpc := range each(service.Methods()) {
				name := fmt.Sprintf("/%s/%s", service.FullName(), rpc.Name())
				if all[name], failed = bindingsOf(rpc); failed != nil {
					return false
				}
			}
		}
		return true
	})
	return all, failed
}

func bindingsOf(rpc protoreflect.MethodDescriptor) ([]binding, error) {
	rule, _ := proto.GetExtension(rpc.Options(), annotations.E_Http).(*annotations.HttpRule)
	if rule == nil {
		return nil, nil
	}
	var found []binding
	for _, rule := range append([]*annotations.HttpRule{rule}, rule.GetAdditionalBindings()...) {
		made := binding{rpc: rpc, body: rule.GetBody()}
		switch pattern := rule.GetPattern().(type) {
		case *annotations.HttpRule_Get:
			made.method, made.template = http.MethodGet, pattern.Get
		case *annotations.HttpRule_Post:
			made.method, made.template = http.MethodPost, pattern.Post
		case *annotations.HttpRule_Patch:
			made.method, made.template = http.MethodPatch, pattern.Patch
		case *annotations.HttpRule_Delete:
			made.method, made.template = http.MethodDelete, pattern.Delete
		default:
			return nil, fmt.Errorf("%s is bound to a method that the bridge does not know", rpc.FullName())
		}
		for _, name := range variable.FindAllStringSubmatch(made.template, -1) {
			made.variables = append(made.variables, name[1])
		}
		made.path = pathOf(made.template)
		found = append(found, made)
	}
	return found, nil
}

// pathOf matches the paths of a template.
func pathOf(template string) *regexp.Regexp {
	parts := variable.Split(template, -1)
	for at, part := range parts {
		parts[at] = regexp.QuoteMeta(part)
	}
	return regexp.MustCompile("^" + strings.Join(parts, "[^/:]+") + "$")
}

// beside are the addresses below /v1/ that other packages serve; their other methods come here.
var beside = []binding{
	{method: http.MethodPost, path: pathOf("/v1/photos")},
	{method: http.MethodGet, path: pathOf("/v1/photos/{photo_id}/media/{variant}")},
	{method: http.MethodGet, path: pathOf("/v1/photos:download")},
	{method: http.MethodGet, path: pathOf("/v1/events:watch")},
}

// of is how an RPC was called.
func (b bindings) of(fullMethod, method string) (binding, bool) {
	for _, each := range b[fullMethod] {
		if each.method == method {
			return each, true
		}
	}
	return binding{}, false
}

// allowed lists the methods that a path takes, for the header Allow.
func (b bindings) allowed(path string) string {
	methods := map[string]bool{}
	for _, ways := range append(slices.Collect(maps.Values(b)), beside) {
		for _, each := range ways {
			if each.path.MatchString(path) {
				methods[each.method] = true
			}
		}
	}
	if methods[http.MethodGet] {
		methods[http.MethodHead] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(methods)), ", ")
}

// list is what descriptors of a kind come in.
type list[T any] interface {
	Len() int
	Get(int) T
}

func each[T any](all list[T]) func(func(T) bool) {
	return func(yield func(T) bool) {
		for at := range all.Len() {
			if !yield(all.Get(at)) {
				return
			}
		}
	}
}

// eachMessage visits the messages of the contract; none stands within another.
func eachMessage(visit func(protoreflect.MessageDescriptor)) {
	protoregistry.GlobalFiles.RangeFilesByPackage(contract, func(file protoreflect.FileDescriptor) bool {
		for message := range each(file.Messages()) {
			visit(message)
		}
		return true
	})
}
