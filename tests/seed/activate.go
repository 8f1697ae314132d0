// Activates a device with net/http, its body in several lines.
package main

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"strings"
)

func main() {
	body := strings.NewReader("{\n    \"attestation\":\n        \"" + os.Getenv("ATTESTATION") + "\"\n}")
	request, err := http.NewRequest("POST", os.Getenv("URL"), body)
	if err != nil {
		log.Fatal(err)
	}
	request.Header.Add("Content-Type", "application/vnd.pingidentity.device.activate+json")
	request.Header.Add("Authorization", "Bearer "+os.Getenv("TOKEN"))
	answer, err := (&http.Client{}).Do(request)
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(string(text))
}
