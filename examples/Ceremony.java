import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;

/**
 * Pairs this computer for a user and signs in with it. Java 17 or newer, nothing to install:
 * {@code java Ceremony.java}.
 *
 * <p>Values come from the environment; see README.md in this folder.
 */
public class Ceremony {

    private static final String JSON = "application/json";
    private static final String ACTIVATE = "application/vnd.pingidentity.device.activate+json";
    private static final String CHECK = "application/vnd.pingidentity.assertion.check+json";

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** An answer other than success; the message carries the error object. */
    private static class Refused extends Exception {
        Refused(String message) {
            super(message);
        }
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        try {
            run();
        } catch (Refused refused) {
            System.err.println(refused.getMessage());
            System.exit(1);
        }
    }

    private static void run() throws Refused, IOException, InterruptedException {
        String api = variable("API_PATH", null);
        String auth = variable("AUTH_PATH", null);
        String environment = variable("ENV_ID", null);
        String user = variable("USER_ID", null);
        String desktop = variable("DESKTOP_URL", "http://localhost:9410");
        String origin = variable("ORIGIN", "http://localhost:8080");
        String policyId = variable("POLICY_ID", "");
        String policy = policyId.isEmpty() ? "" : ",\"policy\":{\"id\":\"" + policyId + "\"}";

        System.out.println("1. Asking for an access token");
        String credentials = variable("CLIENT_ID", null) + ":" + variable("CLIENT_SECRET", null);
        String basic = Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
        String answer = post(auth + "/" + environment + "/as/token",
                "application/x-www-form-urlencoded", "Authorization", "Basic " + basic,
                "grant_type=client_credentials");
        String bearer = "Bearer " + member(answer, "access_token");

        System.out.println("2. Creating a device for the user");
        String device = post(api + "/environments/" + environment + "/users/" + user + "/devices",
                JSON, "Authorization", bearer,
                "{\"type\":\"PINGID_DESKTOP_GEN2\",\"status\":\"ACTIVATION_REQUIRED\"" + policy + "}");

        System.out.println("3. Asking the desktop authenticator to pair: answer its question");
        String attestation = post(desktop + "/register", "application/jwt", "Origin", origin,
                member(device, "pingIdDesktopCredentialCreationOptions"));

        System.out.println("4. Activating the device");
        device = post(self(device), ACTIVATE, "Authorization", bearer,
                "{\"attestation\":\"" + attestation + "\"}");
        System.out.println("   " + member(device, "nickname") + " is ready");

        System.out.println("5. Starting a sign-in");
        String authentication = post(auth + "/" + environment + "/deviceAuthentications",
                JSON, "Authorization", bearer, "{\"user\":{\"id\":\"" + user + "\"}" + policy + "}");

        System.out.println("6. Asking the desktop authenticator to sign: answer its question");
        String assertion = post(desktop + "/authenticate", "application/jwt", "Origin", origin,
                member(authentication, "pingIdDesktopCredentialRequestOptions"));

        System.out.println("7. Checking the signature");
        String completed = post(self(authentication), CHECK, "Authorization", bearer,
                "{\"assertion\":\"" + assertion + "\",\"origin\":\"" + origin + "\"}");
        if (!completed.matches("(?s).*\"status\"\\s*:\\s*\"COMPLETED\".*")) {
            throw new Refused(completed);
        }
        System.out.println("Signed in: COMPLETED");
    }

    /** Posts text with one further header and returns the body of a successful answer. */
    private static String post(
            String url, String contentType, String header, String value, String body)
            throws Refused, IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url))
                .header("Content-Type", contentType)
                .header(header, value)
                .POST(BodyPublishers.ofString(body))
                .build();
        var answer = HTTP.send(request, BodyHandlers.ofString());
        if (answer.statusCode() >= 300) {
            throw new Refused(answer.statusCode() + " from " + url + ":\n" + answer.body());
        }
        return answer.body();
    }

    /**
     * A text member of a JSON document. The JDK has no JSON parser; this is enough for tokens, ids and
     * names, and a real program uses a library.
     */
    private static String member(String document, String name) throws Refused {
        return find(document, "\"" + name + "\"\\s*:\\s*\"([^\"]*)\"");
    }

    /** The resource's own link. */
    private static String self(String document) throws Refused {
        return find(document, "\"self\"\\s*:\\s*\\{\\s*\"href\"\\s*:\\s*\"([^\"]*)\"");
    }

    private static String find(String document, String pattern) throws Refused {
        var matcher = Pattern.compile(pattern).matcher(document);
        if (!matcher.find()) {
            throw new Refused("not in the answer: " + pattern + "\n" + document);
        }
        return matcher.group(1);
    }

    private static String variable(String name, String otherwise) throws Refused {
        String value = System.getenv(name);
        if (value == null || value.isEmpty()) {
            value = otherwise;
        }
        if (value == null) {
            throw new Refused("set " + name + "; see README.md");
        }
        return value;
    }
}
