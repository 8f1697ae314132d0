//! What quickstart tells a person: what runs where, and each step as a line to copy.

use std::fmt::Write;

use crate::seeding::Seeded;

/// What the text is made of.
pub(crate) struct Guide<'a> {
    pub(crate) seeded: &'a Seeded,
    pub(crate) api_base: &'a str,
    pub(crate) auth_base: &'a str,
    /// Origin that the cURL lines claim, as a page of the relying party would.
    pub(crate) origin: &'a str,
    pub(crate) link: &'a str,
    pub(crate) data: String,
    pub(crate) log: Option<String>,
    pub(crate) desktop_port: u16,
    /// Whether the authenticator is about to be started in this terminal.
    pub(crate) asks_here: bool,
    pub(crate) https: Option<(String, String)>,
}

impl Guide<'_> {
    /// The whole text.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        self.where_what_runs(&mut text);
        let _ = write!(
            text,
            "\nIn the browser. This link works once; start Countersign again for a new one:\n\n  {}\n",
            self.link
        );
        self.steps(&mut text);
        text
    }

    fn where_what_runs(&self, text: &mut String) {
        let authenticator = if self.asks_here {
            format!(
                "http://localhost:{}, asks its questions in this terminal",
                self.desktop_port
            )
        } else {
            format!(
                "http://localhost:{}, not started by this program",
                self.desktop_port
            )
        };
        let mut rows = vec![
            ("API", self.api_base.to_owned()),
            ("Tokens and sign-ins", self.auth_base.to_owned()),
            ("Authenticator", authenticator),
            ("Demo user", self.seeded.username.clone()),
            ("Data", self.data.clone()),
        ];
        if let Some(log) = &self.log {
            rows.push(("Log", log.clone()));
        }
        if let Some((address, certificate)) = &self.https {
            rows.push(("HTTPS", format!("{address}, curl --cacert {certificate}")));
        }
        let _ = writeln!(text, "Countersign is running. Ctrl-C stops it.\n");
        for (name, value) in rows {
            let _ = writeln!(text, "  {name:<20} {value}");
        }
    }

    fn steps(&self, text: &mut String) {
        let Self {
            seeded,
            api_base,
            auth_base,
            origin,
            desktop_port,
            ..
        } = self;
        let _ = write!(
            text,
            r#"
With cURL, in another terminal. Set the values once:

  API={api_base}
  AUTH={auth_base}
  ENV_ID={environment}
  USER_ID={user}
  CLIENT_ID={client}
  CLIENT_SECRET={secret}
  DESKTOP=http://localhost:{desktop_port}
  ORIGIN={origin}
  pick() {{ sed -E "s|.*\"$1\":\"([^\"]*)\".*|\1|"; }}

1. An access token for the worker application

  TOKEN=$(curl -sS "$AUTH/$ENV_ID/as/token" -u "$CLIENT_ID:$CLIENT_SECRET" \
    -d grant_type=client_credentials | pick access_token)

2. A device that waits for activation

  CREATED=$(curl -sS "$API/environments/$ENV_ID/users/$USER_ID/devices" \
    -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \
    -d '{{"type":"PINGID_DESKTOP_GEN2","status":"ACTIVATION_REQUIRED"}}')
  DEVICE_ID=$(echo "$CREATED" | sed -E 's|.*/devices/([0-9a-f-]{{36}})".*|\1|')

3. The authenticator makes a key: answer its question in its terminal

  ATTESTATION=$(curl -sS "$DESKTOP/register" -H "Origin: $ORIGIN" \
    -H "Content-Type: application/jwt" \
    -d "$(echo "$CREATED" | pick pingIdDesktopCredentialCreationOptions)")

4. The device becomes active

  curl -sS "$API/environments/$ENV_ID/users/$USER_ID/devices/$DEVICE_ID" \
    -H "Authorization: Bearer $TOKEN" \
    -H "Content-Type: application/vnd.pingidentity.device.activate+json" \
    -d "{{\"attestation\":\"$ATTESTATION\"}}"; echo

5. A sign-in begins

  STARTED=$(curl -sS "$AUTH/$ENV_ID/deviceAuthentications" \
    -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \
    -d "{{\"user\":{{\"id\":\"$USER_ID\"}}}}")
  SIGN_IN_ID=$(echo "$STARTED" | sed -E 's|.*/deviceAuthentications/([0-9a-f-]{{36}})".*|\1|')

6. The authenticator signs: answer its question in its terminal

  ASSERTION=$(curl -sS "$DESKTOP/authenticate" -H "Origin: $ORIGIN" \
    -H "Content-Type: application/jwt" \
    -d "$(echo "$STARTED" | pick pingIdDesktopCredentialRequestOptions)")

7. The server checks; the status is COMPLETED

  curl -sS "$AUTH/$ENV_ID/deviceAuthentications/$SIGN_IN_ID" \
    -H "Authorization: Bearer $TOKEN" \
    -H "Content-Type: application/vnd.pingidentity.assertion.check+json" \
    -d "{{\"assertion\":\"$ASSERTION\",\"origin\":\"$ORIGIN\"}}"; echo
"#,
            environment = seeded.environment,
            user = seeded.user,
            client = seeded.client,
            secret = seeded.client_secret.expose(),
        );
    }
}
