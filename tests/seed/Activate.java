import java.io.IOException;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;

/** Activates a device with OkHttp, which adds {@code charset=utf-8} to the media type by itself. */
public class Activate {

    public static void main(String[] arguments) throws IOException {
        String attestation = System.getenv("ATTESTATION");
        var activate = MediaType.parse("application/vnd.pingidentity.device.activate+json");
        var body = RequestBody.create(activate,
                "{   \n    \"attestation\": \n        \"" + attestation + "\"\n}");
        var request = new Request.Builder()
                .url(System.getenv("URL"))
                .method("POST", body)
                .addHeader("Content-Type", "application/vnd.pingidentity.device.activate+json")
                .addHeader("Authorization", "Bearer " + System.getenv("TOKEN"))
                .build();
        try (var answer = new OkHttpClient().newCall(request).execute()) {
            System.out.println(answer.body().string());
        }
    }
}
