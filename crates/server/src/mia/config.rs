//! What an operator decides about teleconsultations. The names of the settings in the service's own configuration are in
//! brackets.

use std::{collections::HashSet, time::Duration};

use axum::http::HeaderName;
use serde::Deserialize;
use visita_protocol::{Tools, rest::Role};

use crate::oidc::Issuer;

/// Longest freeze window: 30 days, as everywhere.
const MAX_FREEZE: Duration = Duration::from_secs(30 * 86_400);

/// Settings of the Mia dialect.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MiaConfig {
    /// Who may what, by group (`privileges`).
    pub privileges: Privileges,
    /// The header by which a caller with the company's key says for whom it calls, where there is no issuer
    /// (`userIdPathInRequest`).
    pub user_id_header: String,
    /// How long before its start a teleconsultation is changed no more, and people are told their links, in milliseconds
    /// (`IMMUTABLE_PERIOD_MS`). It is rounded up to whole seconds.
    pub immutable_period_ms: u64,
    /// Calls last as long as people like (`UNLIMITED_TELECONSULTATION`).
    pub unlimited: bool,
    /// Using a link makes the others' apps ring (`LIVE_TELECONSULTATION`).
    pub live: bool,
    /// Files shared in a call may be deleted over the API (`TELECONSULTATION_DELETE_UPLOADS`).
    pub delete_uploads: bool,
    /// Whose bearer tokens say who somebody is (`AUTH_SERVICE`); `None` leaves that to whoever has the company's key.
    pub issuer: Option<Issuer>,
}

/// What groups amount to.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Privileges {
    /// Groups of people who may join.
    pub basic: Privilege,
    /// Groups of people who may join and create.
    pub plus: Privilege,
}

/// Groups, and what people in them may use in a call.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Privilege {
    /// Names of the groups.
    pub groups: Vec<String>,
    /// Tools; all where nothing is said, else those that are named.
    #[serde(default = "all")]
    pub tools: Tools,
}

fn all() -> Tools {
    Tools::ALL
}

impl Default for Privileges {
    fn default() -> Self {
        let of = |groups: &[&str]| Privilege {
            groups: groups.iter().map(|group| (*group).to_owned()).collect(),
            tools: Tools::ALL,
        };
        Self { basic: of(&["patient", "customer"]), plus: of(&["doctor"]) }
    }
}

impl Default for MiaConfig {
    fn default() -> Self {
        Self {
            privileges: Privileges::default(),
            user_id_header: "x-user-id".into(),
            immutable_period_ms: 0,
            unlimited: false,
            live: true,
            delete_uploads: false,
            issuer: None,
        }
    }
}

impl Privileges {
    /// The role of a group; `None` when it is none of them.
    pub(super) fn role(&self, group: &str) -> Option<Role> {
        let has = |privilege: &Privilege| privilege.groups.iter().any(|one| one == group);
        match () {
            () if has(&self.plus) => Some(Role::Plus),
            () if has(&self.basic) => Some(Role::Basic),
            () => None,
        }
    }

    /// The highest role of those groups that are known.
    pub(super) fn highest<'a>(&self, groups: impl IntoIterator<Item = &'a str>) -> Option<Role> {
        let roles: Vec<_> = groups.into_iter().filter_map(|group| self.role(group)).collect();
        roles.iter().find(|role| **role == Role::Plus).or(roles.first()).copied()
    }

    pub(super) fn tools(&self, role: Role) -> Tools {
        match role {
            Role::Basic => self.basic.tools,
            Role::Plus => self.plus.tools,
        }
    }
}

impl MiaConfig {
    /// # Errors
    /// In words, what is wrong with it.
    pub(crate) fn check(&self) -> Result<(), String> {
        let header: HeaderName =
            self.user_id_header.parse().map_err(|_| "mia.user_id_header is no name of a header".to_owned())?;
        if ["apikey", "authorization"].contains(&header.as_str()) {
            return Err("mia.user_id_header is a header that means something else".into());
        }
        if Duration::from_millis(self.immutable_period_ms) > MAX_FREEZE {
            return Err("mia.immutable_period_ms is at most 30 days".into());
        }
        let mut groups = HashSet::new();
        for group in self.privileges.basic.groups.iter().chain(&self.privileges.plus.groups) {
            if group.is_empty() || !groups.insert(group) {
                return Err(format!("mia.privileges: the group \"{group}\" is empty or named twice"));
            }
        }
        if self.privileges.plus.groups.is_empty() {
            return Err("mia.privileges: without a group of role plus no teleconsultation could be made".into());
        }
        self.issuer.as_ref().map_or(Ok(()), |issuer| issuer.check().map_err(|words| format!("mia.issuer: {words}")))
    }

    /// The freeze window in whole seconds.
    pub(super) fn freeze(&self) -> Duration {
        Duration::from_secs(self.immutable_period_ms.div_ceil(1000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_role_counts_and_unknown_groups_have_none() {
        let privileges = Privileges::default();
        assert_eq!(privileges.highest(["patient", "doctor", "cook"]), Some(Role::Plus));
        assert_eq!(privileges.highest(["cook", "customer"]), Some(Role::Basic));
        assert_eq!((privileges.highest(["cook"]), privileges.highest([])), (None, None));
    }

    #[test]
    fn settings_that_could_not_work_are_refused() {
        let default = MiaConfig::default;
        assert_eq!(default().check(), Ok(()));
        for bad in [
            MiaConfig { user_id_header: "x user".into(), ..default() },
            MiaConfig { user_id_header: "ApiKey".into(), ..default() },
            MiaConfig { immutable_period_ms: 30 * 86_400_000 + 1, ..default() },
            MiaConfig {
                privileges: Privileges {
                    plus: Privilege { groups: vec!["patient".into()], tools: Tools::ALL },
                    ..Privileges::default()
                },
                ..default()
            },
            MiaConfig {
                privileges: Privileges {
                    plus: Privilege { groups: vec![], tools: Tools::ALL },
                    ..Privileges::default()
                },
                ..default()
            },
            MiaConfig { issuer: Some(Issuer::new("http://clinic.example.org", "x")), ..default() },
        ] {
            assert!(bad.check().is_err(), "{bad:?}");
        }
        assert_eq!(MiaConfig { immutable_period_ms: 1500, ..default() }.freeze(), Duration::from_secs(2));
    }

    #[test]
    fn a_file_says_what_it_wants_to_and_the_rest_stays() {
        let config: MiaConfig = toml::from_str(
            r#"
            immutable_period_ms = 900000
            [privileges.plus]
            groups = ["medico"]
            tools = { chat = true }
            [issuer]
            url = "https://clinic.eu.auth0.com/"
            audience = "https://visits.example.org"
            "#,
        )
        .expect("a configuration");
        assert_eq!(config.privileges.plus.tools, Tools { chat: true, ..Tools::default() });
        assert_eq!(config.privileges.role("patient"), Some(Role::Basic));
        assert_eq!(config.issuer.expect("an issuer").groups_claim, "groups");
        assert!(config.live && !config.unlimited);
        assert!(toml::from_str::<MiaConfig>("imutable_period_ms = 1").is_err());
    }
}
