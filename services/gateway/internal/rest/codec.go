package rest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"

	"github.com/grpc-ecosystem/grpc-gateway/v2/runtime"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

// codec is JSON of the contract: lowerCamelCase, zeros written out, unknown fields and anything after the end refused.
type codec struct{ runtime.JSONPb }

func newCodec() *codec {
	return &codec{runtime.JSONPb{
		MarshalOptions:   protojson.MarshalOptions{EmitDefaultValues: true},
		UnmarshalOptions: protojson.UnmarshalOptions{DiscardUnknown: false},
	}}
}

// NewDecoder reads the whole of a body; grpc-gateway's own stops after the first value.
func (c *codec) NewDecoder(from io.Reader) runtime.Decoder {
	return runtime.DecoderFunc(func(into any) error {
		body, err := io.ReadAll(from)
		if err != nil {
			return err
		}
		if len(bytes.TrimSpace(body)) == 0 {
			return io.EOF
		}
		var whole json.RawMessage
		if err := json.Unmarshal(body, &whole); err != nil {
			return err
		}
		return c.Unmarshal(body, into)
	})
}

// tagged puts the etag of the resource that is answered into the header ETag: it has the form of one.
func tagged(_ context.Context, w http.ResponseWriter, reply proto.Message) error {
	var body any = reply
	if whole, ok := reply.(interface{ XXX_ResponseBody() any }); ok {
		body = whole.XXX_ResponseBody()
	}
	if resource, ok := body.(interface{ GetEtag() string }); ok && resource.GetEtag() != "" {
		w.Header().Set("ETag", resource.GetEtag())
	}
	return nil
}

// plain is a complaint of protojson without its name, which comes with a space of one of two kinds.
func plain(message string) string {
	message = strings.TrimPrefix(message, "proto:")
	return strings.TrimLeft(message, " \u00a0")
}
