package rest

import (
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	pb "tintype.dev/gateway/gen/tintype/v1"
)

func everyRPC(visit func(protoreflect.MethodDescriptor)) {
	protoregistry.GlobalFiles.RangeFilesByPackage(contract, func(file protoreflect.FileDescriptor) bool {
		for service := range each(file.Services()) {
			for rpc := range each(service.Methods()) {
				visit(rpc)
			}
		}
		return true
	})
}

func isInternal(rpc protoreflect.MethodDescriptor) bool {
	policy, _ := proto.GetExtension(rpc.Options(), pb.E_Policy).(*pb.Policy)
	return policy.GetScope() == "internal"
}

func TestEveryRPCAnswersAtItsAddressOrSaysWhyItHasNone(t *testing.T) {
	all, err := bindingsOfContract()
	if err != nil {
		t.Fatal(err)
	}
	reached := 0
	everyRPC(func(rpc protoreflect.MethodDescriptor) {
		name := "/" + string(rpc.Parent().FullName()) + "/" + string(rpc.Name())
		reason, elsewhere := Elsewhere[rpc.FullName()]
		switch bound := all[name]; {
		case isInternal(rpc):
			if len(bound) > 0 || elsewhere {
				t.Errorf("%s is for the library's own processes and must have no route", name)
			}
		case elsewhere:
			if reason == "" {
				t.Errorf("%s is served elsewhere without a reason", name)
			}
		case len(bound) == 0:
			t.Errorf("%s has neither a route nor a reason to have none", name)
		default:
			for _, way := range bound {
				answersAt(t, name, way)
			}
			reached++
		}
	})
	if reached < 60 {
		t.Errorf("only %d RPCs have a route: the test does not see the contract", reached)
	}
}

func answersAt(t *testing.T, name string, way binding) {
	t.Helper()
	asked, body := &library{}, ""
	if way.body != "" {
		body = "{}"
	}
	if way.method == "PATCH" {
		resource := way.rpc.Input().Fields().ByName(protoreflect.Name(way.body)).Message()
		for field := range each(resource.Fields()) {
			if field.Kind() == protoreflect.StringKind && field.Name() != etagField && !field.IsList() &&
				!strings.HasSuffix(string(field.Name()), "_id") {
				body = `{"` + field.JSONName() + `": ""}`
			}
		}
	}
	answer := ask(t, asked, way.method, variable.ReplaceAllString(way.template, "x"), body)
	if asked.method != name || answer.Code != 200 {
		t.Errorf("%s %s reached %q and answered %d %s", way.method, way.template, asked.method, answer.Code, answer.Body)
	}
}

func TestEveryReasonIsOfAnRPCThatExists(t *testing.T) {
	for name := range Elsewhere {
		found, err := protoregistry.GlobalFiles.FindDescriptorByName(name)
		if _, ok := found.(protoreflect.MethodDescriptor); err != nil || !ok {
			t.Errorf("%s is no RPC", name)
		}
	}
}
