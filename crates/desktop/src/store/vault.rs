//! `vault.json`: the PIN record, the issuers pinned by a first pairing, and the credentials.

use std::collections::BTreeMap;

use countersign_crypto::jwk::Thumbprint;
use countersign_crypto::time::Timestamp;
use countersign_desktop_protocol::KeyProtection;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::pin_record::PinRecord;
use super::{Folder, StoreError, read_json, write_json};
use crate::keystore::SealedKey;

const FILE: &str = "vault.json";
/// Format number of the file.
const VERSION: u32 = 1;

/// The whole file.
#[derive(Serialize, Deserialize)]
pub struct Vault {
    version: u32,
    /// The PIN, if one was set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<PinRecord>,
    /// Issuers that a person came to trust by a first pairing.
    #[serde(default)]
    pub pinned_issuers: Vec<PinnedIssuer>,
    /// The `unitId` of this installation for each issuer: random, so that issuers cannot compare them.
    #[serde(default)]
    pub unit_ids: BTreeMap<String, Uuid>,
    /// The credentials, oldest first.
    #[serde(default)]
    pub credentials: Vec<Credential>,
}

/// An issuer pinned by a first pairing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PinnedIssuer {
    /// The issuer, exactly as in its tokens.
    pub issuer: String,
    /// Its key set, as its metadata named it when it was pinned.
    pub jwks_uri: String,
    /// When.
    pub pinned_at: Timestamp,
}

/// One P-256 key for one account: issuer, user and relying party.
#[derive(Clone, Serialize, Deserialize)]
pub struct Credential {
    /// RFC 7638 thumbprint of its public key; names the credential.
    pub kid: Thumbprint,
    /// The issuer that it answers to.
    pub issuer: String,
    /// The user id (`sub`) at that issuer.
    pub user: String,
    /// The relying party id.
    pub rp_id: String,
    /// The relying party's own name, as inert text.
    pub rp_name: String,
    /// The account's name, as inert text.
    pub user_name: String,
    /// The account's display name, as inert text; may be empty.
    pub display_name: String,
    /// The person's own name for the account, as inert text, if it was given one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used; until then it is provisional beside an older one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_used_at: Option<Timestamp>,
    /// The counter of its last signature. It grows on disk before a signature leaves, so a crash can
    /// skip a value but never repeat one.
    pub counter: u64,
    /// Where the key is.
    pub protection: KeyProtection,
    /// The key, as the key store sealed it.
    pub sealed_key: SealedKey,
}

impl Credential {
    /// Whether both are for the same issuer, user and relying party.
    pub fn same_account(&self, other: &Self) -> bool {
        self.issuer == other.issuer && self.user == other.user && self.rp_id == other.rp_id
    }

    /// How the account is shown: `name`, `name (display name)`, or `label (name)`.
    pub fn account_text(&self) -> String {
        match &self.label {
            Some(label) => account_text(label, &self.user_name),
            None => account_text(&self.user_name, &self.display_name),
        }
    }
}

/// `name`, or `name (display name)` where that says more.
pub fn account_text(name: &str, display_name: &str) -> String {
    match (
        name.is_empty(),
        display_name.is_empty() || display_name == name,
    ) {
        (false, true) => name.to_owned(),
        (false, false) => format!("{name} ({display_name})"),
        (true, _) => display_name.to_owned(),
    }
}

impl Default for Vault {
    fn default() -> Self {
        Self {
            version: VERSION,
            pin: None,
            pinned_issuers: Vec::new(),
            unit_ids: BTreeMap::new(),
            credentials: Vec::new(),
        }
    }
}

impl Vault {
    pub(super) fn load(folder: &Folder) -> Result<Self, StoreError> {
        /// Read first: another version may have any shape.
        #[derive(Deserialize)]
        struct Head {
            version: u32,
        }
        let Some(head) = read_json::<Head>(folder, FILE)? else {
            return Ok(Self::default());
        };
        if head.version > VERSION {
            return Err(StoreError::Newer {
                file: folder.file(FILE),
                version: head.version,
            });
        }
        Ok(read_json(folder, FILE)?.unwrap_or_default())
    }

    pub(super) fn save(&self, folder: &Folder) -> Result<(), StoreError> {
        write_json(folder, FILE, self)
    }

    /// The pinned issuer of this name.
    pub fn pinned(&self, issuer: &str) -> Option<&PinnedIssuer> {
        self.pinned_issuers
            .iter()
            .find(|pinned| pinned.issuer == issuer)
    }

    /// The credentials of an issuer and relying party.
    pub fn credentials_of<'a>(
        &'a self,
        issuer: &'a str,
        rp_id: &'a str,
    ) -> impl DoubleEndedIterator<Item = &'a Credential> {
        self.credentials
            .iter()
            .filter(move |credential| credential.issuer == issuer && credential.rp_id == rp_id)
    }

    /// Adds a credential. It stands beside the older ones of the same account until its own first use:
    /// whether the server took it is not known before, and it may still take one of the others.
    pub fn add(&mut self, new: Credential) {
        let label = self
            .credentials
            .iter()
            .rfind(|old| old.same_account(&new))
            .and_then(|old| old.label.clone());
        self.credentials.push(Credential {
            label: new.label.clone().or(label),
            ..new
        });
    }

    /// Gives the account of a credential a name of the person's own, or takes it away.
    pub fn rename(&mut self, account: &Credential, label: Option<&str>) {
        for credential in &mut self.credentials {
            if credential.same_account(account) {
                credential.label = label.map(str::to_owned);
            }
        }
    }

    /// Takes the next counter value of a credential and notes its use. The first use erases the older
    /// credentials of the account; newer ones are still waiting for theirs. `None` if the credential is
    /// gone.
    pub fn use_credential(&mut self, kid: &Thumbprint, now: Timestamp) -> Option<Credential> {
        let position = self.credentials.iter().position(|one| one.kid == *kid)?;
        let used = self.credentials.get_mut(position)?;
        used.counter = used.counter.checked_add(1)?;
        let first_use = used.last_used_at.replace(now).is_none();
        let used = used.clone();
        if first_use {
            let newer = self.credentials.split_off(position);
            self.credentials.retain(|older| !older.same_account(&used));
            self.credentials.extend(newer);
        }
        Some(used)
    }

    /// Erases credentials. The pin of an issuer goes with its last credential, so that pairing with it
    /// asks again; the PIN goes with the last credential of all, since nothing is sealed under it.
    pub fn remove(&mut self, which: impl Fn(&Credential) -> bool) -> Vec<Credential> {
        let removed: Vec<_> = self.credentials.extract_if(.., |c| which(c)).collect();
        if removed.is_empty() {
            return removed;
        }
        let Self {
            credentials,
            pinned_issuers,
            ..
        } = self;
        pinned_issuers.retain(|pinned| credentials.iter().any(|c| c.issuer == pinned.issuer));
        if self.credentials.is_empty() {
            self.pin = None;
        }
        removed
    }
}

#[cfg(test)]
mod tests {
    use super::super::Store;
    use super::*;

    fn thumbprint(seed: u8) -> Thumbprint {
        countersign_crypto::encoding::base64url(&[seed; 32])
            .parse()
            .unwrap()
    }

    fn credential(seed: u8, user: &str) -> Credential {
        Credential {
            kid: thumbprint(seed),
            issuer: "https://i.example".to_owned(),
            user: user.to_owned(),
            rp_id: "example".to_owned(),
            rp_name: String::new(),
            user_name: user.to_owned(),
            display_name: String::new(),
            label: None,
            created_at: Timestamp::from_unix_seconds(0),
            last_used_at: None,
            counter: 0,
            protection: KeyProtection::Software,
            sealed_key: SealedKey::for_tests(),
        }
    }

    #[test]
    fn a_new_key_is_provisional_until_its_first_use() {
        let now = Timestamp::from_unix_seconds(5);
        let mut vault = Vault::default();
        let left = |vault: &Vault| -> Vec<_> { vault.credentials.iter().map(|c| c.kid).collect() };
        let kids = |seeds: &[u8]| -> Vec<_> { seeds.iter().map(|s| thumbprint(*s)).collect() };
        vault.add(credential(1, "a"));
        vault.add(credential(9, "b"));
        vault.add(credential(2, "a"));
        vault.add(credential(3, "a"));
        assert_eq!(left(&vault), kids(&[1, 9, 2, 3]), "all stand side by side");
        // The server may have taken the first while the others were still on their way to it.
        vault.use_credential(&thumbprint(1), now).unwrap();
        assert_eq!(
            left(&vault),
            kids(&[1, 9, 2, 3]),
            "newer ones are not erased"
        );
        vault.use_credential(&thumbprint(2), now).unwrap();
        assert_eq!(left(&vault), kids(&[9, 2, 3]), "the older one is");
        vault.use_credential(&thumbprint(2), now).unwrap();
        vault.use_credential(&thumbprint(3), now).unwrap();
        assert_eq!(left(&vault), kids(&[9, 3]));
    }

    #[test]
    fn a_name_of_ones_own_stays_with_the_account() {
        let mut vault = Vault::default();
        vault.add(credential(1, "a"));
        vault.add(credential(2, "b"));
        let account = vault.credentials[0].clone();
        vault.rename(&account, Some("Work"));
        vault.add(credential(3, "a"));
        let shown = |vault: &Vault| -> Vec<_> {
            vault
                .credentials
                .iter()
                .map(Credential::account_text)
                .collect()
        };
        assert_eq!(shown(&vault), ["Work (a)", "b", "Work (a)"]);
        vault.rename(&account, None);
        assert_eq!(shown(&vault), ["a", "b", "a"]);
    }

    #[test]
    fn counters_grow_and_are_on_disk_when_update_returns() {
        let base = tempfile::tempdir().unwrap();
        let store = Store::open(base.path()).unwrap();
        let now = Timestamp::from_unix_seconds(5);
        store
            .update(|vault| -> Result<(), super::StoreError> {
                vault.add(credential(1, "a"));
                Ok(())
            })
            .unwrap();
        for expected in 1..=3 {
            let used = store
                .update(|vault| -> Result<_, super::StoreError> {
                    Ok(vault.use_credential(&thumbprint(1), now))
                })
                .unwrap();
            assert_eq!(used.unwrap().counter, expected);
            let reopened = Store::open(base.path()).unwrap();
            assert_eq!(reopened.vault().unwrap().credentials[0].counter, expected);
        }
    }

    #[test]
    fn a_refused_change_writes_nothing() {
        let base = tempfile::tempdir().unwrap();
        let store = Store::open(base.path()).unwrap();
        let refused = store.update(|vault| {
            vault.add(credential(1, "a"));
            Err::<(), _>(StoreError::InUse(base.path().to_owned()))
        });
        assert!(refused.is_err());
        assert!(store.vault().unwrap().credentials.is_empty());
    }

    #[test]
    fn a_newer_or_damaged_file_is_refused() {
        let base = tempfile::tempdir().unwrap();
        let store = Store::open(base.path()).unwrap();
        std::fs::write(base.path().join(FILE), br#"{"version":2,"credentials":7}"#).unwrap();
        assert!(matches!(
            store.vault(),
            Err(StoreError::Newer { version: 2, .. })
        ));
        std::fs::write(base.path().join(FILE), br#"{"version":1,"#).unwrap();
        assert!(matches!(store.vault(), Err(StoreError::Corrupt { .. })));
    }

    #[test]
    fn pins_go_with_the_last_account() {
        let mut vault = Vault::default();
        vault.add(credential(1, "a"));
        vault.add(credential(2, "b"));
        vault.pinned_issuers.push(PinnedIssuer {
            issuer: "https://i.example".to_owned(),
            jwks_uri: "https://i.example/jwks".to_owned(),
            pinned_at: Timestamp::from_unix_seconds(0),
        });
        vault.remove(|c| c.user == "a");
        assert!(vault.pinned("https://i.example").is_some());
        vault.remove(|c| c.user == "b");
        assert!(vault.pinned("https://i.example").is_none());
    }
}
