// Reads callbacks as JSON, gives each to the example of the documentation, and prints what that makes of them.
package main

import (
	"encoding/json"
	"net/http"
	"os"
	"time"

	callbacks "callbacks/sample"
)

type callback struct {
	Secret  string
	Headers map[string]string
	Body    []byte
}

func main() {
	var given []callback
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		panic(err)
	}
	verified := []bool{}
	for _, each := range given {
		header := http.Header{}
		for name, value := range each.Headers {
			header.Set(name, value)
		}
		verified = append(verified, callbacks.Verify(each.Secret, header, each.Body, time.Now()))
	}
	if err := json.NewEncoder(os.Stdout).Encode(verified); err != nil {
		panic(err)
	}
}
