//! Who takes part, as bodies name them, read into seats.

use visita_protocol::{Problem, Tools, rest::Role};
use visita_room::{Admission, SeatsRefusal, check_seats};

use super::{
    bodies::{ParticipantData, Participants},
    error::MiaError,
};
use crate::{
    api::new_link,
    app::App,
    error::ApiError,
    external, ids,
    join::LANGUAGES,
    names::check_name,
    store::{Company, NewSeat, StoredSeat},
};

/// Somebody who takes part, as far as the body says it.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) external_id: String,
    /// What the groups amount to; `None` where an issuer says it.
    pub(super) role: Option<Role>,
    pub(super) name: Option<String>,
    pub(super) language: Option<String>,
}

/// How many take part, and those who are named; `None` where only the number is.
pub(super) struct Named {
    pub(super) number: u16,
    pub(super) people: Option<Vec<Wanted>>,
}

/// Who is named, checked; nobody is made a user by it.
pub(super) fn read(app: &App, participants: Participants) -> Result<Named, Problem> {
    let (number, people) = match participants {
        Participants::Ids(ids) => {
            if app.mia.issuer.is_none() {
                let words = "ids alone say nothing of people without an issuer; give number and data";
                return Err(Problem::invalid("participants", words));
            }
            let person = |(index, id): (usize, String)| {
                external::check(&id, &format!("participants[{index}]"))?;
                Ok(Wanted { external_id: id, role: None, name: None, language: None })
            };
            let people = ids.into_iter().enumerate().map(person).collect::<Result<Vec<_>, Problem>>()?;
            (people.len(), Some(people))
        }
        Participants::Planned(planned) => {
            let person = |(index, data)| read_one(app, data, &format!("participants.data[{index}]."));
            let people =
                planned.data.map(|data| data.into_iter().enumerate().map(person).collect::<Result<Vec<_>, _>>());
            (usize::try_from(planned.number).unwrap_or(usize::MAX), people.transpose()?)
        }
    };
    let named = people.as_deref().unwrap_or_default();
    match check_seats(number, named.iter().map(|person| &person.external_id)) {
        Ok(()) => {}
        Err(SeatsRefusal::Number) => {
            return Err(Problem::invalid("participants.number", "2 to 25 people take part"));
        }
        Err(SeatsRefusal::TooMany) => {
            return Err(Problem::invalid("participants.data", "more people than the number says"));
        }
        Err(SeatsRefusal::Twice(index)) => {
            let field = format!("participants.data[{index}].userExternalId");
            return Err(Problem::invalid(field, "the same person is named twice"));
        }
    }
    Ok(Named { number: u16::try_from(number).unwrap_or(u16::MAX), people })
}

/// One of them; `place` goes before the names of fields.
pub(super) fn read_one(app: &App, data: ParticipantData, place: &str) -> Result<Wanted, Problem> {
    let ParticipantData { user_external_id, groups, full_name, language } = data;
    let field = |name: &str| format!("{place}{name}");
    external::check(&user_external_id, &field("userExternalId"))?;
    if app.mia.issuer.is_some() {
        let given = [("groups", groups.is_some()), ("fullName", full_name.is_some())];
        if let Some((name, _)) = given.into_iter().find(|(_, is_given)| *is_given) {
            return Err(Problem::invalid(field(name), "the issuer says that"));
        }
    }
    let privileges = &app.mia.config.privileges;
    let groups = groups.unwrap_or_default();
    if let Some(unknown) = groups.iter().position(|group| privileges.role(group).is_none()) {
        return Err(Problem::invalid(field(&format!("groups[{unknown}]")), "no such group in the configuration"));
    }
    let role = privileges.highest(groups.iter().map(String::as_str)).unwrap_or(Role::Basic);
    let name = full_name.map(|name| check_name(&name, &field("fullName"))).transpose()?;
    if language.as_ref().is_some_and(|language| !LANGUAGES.contains(&language.as_str())) {
        return Err(Problem::invalid(field("language"), "it or en"));
    }
    let role = app.mia.issuer.is_none().then_some(role);
    Ok(Wanted { external_id: user_external_id, role, name, language })
}

impl Wanted {
    /// The role with which they take part, before they are a user or as the user that they are.
    pub(super) async fn role_now(&self, app: &App, company: &Company) -> Result<Role, ApiError> {
        match self.role {
            Some(role) => Ok(role),
            None => {
                Ok(external::find(app, &company.id, &self.external_id).await?.map_or(Role::Basic, |user| user.role))
            }
        }
    }

    /// A seat for them, who become a user where they are none.
    pub(super) async fn new_seat(self, app: &App, company: &Company) -> Result<(NewSeat, Role), MiaError> {
        let role = self.role.unwrap_or(Role::Basic);
        let user = external::ensure(app, &company.id, &self.external_id, role).await?;
        let role = self.role.unwrap_or(user.role);
        let seat = NewSeat {
            participant_id: ids::new(),
            user_id: user.user_id,
            display_name: self.name,
            is_admin: role == Role::Plus,
            is_speaker: true,
            tools: tools(app, role),
            role: self.role,
            language: self.language,
            recording_consent: None,
            admission: Admission::Link,
            link: new_link(app)?,
        };
        Ok((seat, role))
    }

    /// The seat they have, with what is said of it now.
    pub(super) fn keep(self, app: &App, seat: &StoredSeat, role: Role) -> StoredSeat {
        StoredSeat {
            display_name: self.name,
            role,
            own_role: self.role,
            is_admin: role == Role::Plus,
            tools: tools(app, role),
            language: self.language,
            ..seat.clone()
        }
    }
}

fn tools(app: &App, role: Role) -> Tools {
    app.mia.config.privileges.tools(role)
}
