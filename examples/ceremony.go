// Pairs this computer for a user and signs in with it. Go 1.19 or newer, standard library only.
//
// Values come from the environment; see README.md in this folder.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

const (
	activate = "application/vnd.pingidentity.device.activate+json"
	check    = "application/vnd.pingidentity.assertion.check+json"
)

type reference struct {
	ID string `json:"id"`
}

type links struct {
	Self struct {
		Href string `json:"href"`
	} `json:"self"`
}

type device struct {
	Links           links  `json:"_links"`
	Nickname        string `json:"nickname"`
	Status          string `json:"status"`
	CreationOptions string `json:"pingIdDesktopCredentialCreationOptions"`
}

type authentication struct {
	Links          links  `json:"_links"`
	Status         string `json:"status"`
	RequestOptions string `json:"pingIdDesktopCredentialRequestOptions"`
}

type newDevice struct {
	Type   string     `json:"type"`
	Status string     `json:"status"`
	Policy *reference `json:"policy,omitempty"`
}

type newAuthentication struct {
	User   reference  `json:"user"`
	Policy *reference `json:"policy,omitempty"`
}

type attestation struct {
	Attestation string `json:"attestation"`
}

type assertion struct {
	Assertion string `json:"assertion"`
	Origin    string `json:"origin"`
}

// send performs a request and returns the body of a successful answer.
func send(request *http.Request) ([]byte, error) {
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode >= 300 {
		return nil, fmt.Errorf("%s from %s:\n%s", answer.Status, request.URL, body)
	}
	return body, nil
}

// fetchToken trades the client's credentials for an access token.
func fetchToken(url, clientID, clientSecret string) (string, error) {
	form := strings.NewReader("grant_type=client_credentials")
	request, err := http.NewRequest(http.MethodPost, url, form)
	if err != nil {
		return "", err
	}
	request.SetBasicAuth(clientID, clientSecret)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	body, err := send(request)
	if err != nil {
		return "", err
	}
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	err = json.Unmarshal(body, &answer)
	return answer.AccessToken, err
}

// call posts JSON with a token and decodes the answer into result.
func call(token, url, contentType string, body, result any) error {
	encoded, err := json.Marshal(body)
	if err != nil {
		return err
	}
	request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(encoded))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", contentType)
	answer, err := send(request)
	if err != nil {
		return err
	}
	return json.Unmarshal(answer, result)
}

// askDesktop hands a signed request to the desktop authenticator; a person answers its question.
func askDesktop(url, origin, signedRequest string) (string, error) {
	request, err := http.NewRequest(http.MethodPost, url, strings.NewReader(signedRequest))
	if err != nil {
		return "", err
	}
	request.Header.Set("Origin", origin)
	request.Header.Set("Content-Type", "application/jwt")
	answer, err := send(request)
	return string(answer), err
}

func run() error {
	api, auth, environment := os.Getenv("API_PATH"), os.Getenv("AUTH_PATH"), os.Getenv("ENV_ID")
	user := os.Getenv("USER_ID")
	desktop := getenv("DESKTOP_URL", "http://localhost:9410")
	origin := getenv("ORIGIN", "http://localhost:8080")
	var policy *reference
	if id := os.Getenv("POLICY_ID"); id != "" {
		policy = &reference{ID: id}
	}

	fmt.Println("1. Asking for an access token")
	token, err := fetchToken(auth+"/"+environment+"/as/token",
		os.Getenv("CLIENT_ID"), os.Getenv("CLIENT_SECRET"))
	if err != nil {
		return err
	}

	fmt.Println("2. Creating a device for the user")
	var paired device
	devices := api + "/environments/" + environment + "/users/" + user + "/devices"
	err = call(token, devices, "application/json",
		newDevice{Type: "PINGID_DESKTOP_GEN2", Status: "ACTIVATION_REQUIRED", Policy: policy}, &paired)
	if err != nil {
		return err
	}

	fmt.Println("3. Asking the desktop authenticator to pair: answer its question")
	attested, err := askDesktop(desktop+"/register", origin, paired.CreationOptions)
	if err != nil {
		return err
	}

	fmt.Println("4. Activating the device")
	err = call(token, paired.Links.Self.Href, activate, attestation{attested}, &paired)
	if err != nil {
		return err
	}
	fmt.Printf("   %s is %s\n", paired.Nickname, paired.Status)

	fmt.Println("5. Starting a sign-in")
	var signIn authentication
	err = call(token, auth+"/"+environment+"/deviceAuthentications", "application/json",
		newAuthentication{User: reference{user}, Policy: policy}, &signIn)
	if err != nil {
		return err
	}

	fmt.Println("6. Asking the desktop authenticator to sign: answer its question")
	asserted, err := askDesktop(desktop+"/authenticate", origin, signIn.RequestOptions)
	if err != nil {
		return err
	}

	fmt.Println("7. Checking the signature")
	err = call(token, signIn.Links.Self.Href, check, assertion{asserted, origin}, &signIn)
	if err != nil {
		return err
	}
	if signIn.Status != "COMPLETED" {
		return errors.New("the sign-in is " + signIn.Status)
	}
	fmt.Println("Signed in:", signIn.Status)
	return nil
}

func getenv(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
