//! Queries: `page[number]`, `page[size]` and filters. What is not known is refused.

use std::{collections::HashMap, time::Duration};

use axum::{extract::FromRequestParts, http::request::Parts};
use utoipa::IntoParams;
use visita_protocol::Problem;
use visita_room::Timestamp;

use super::refusal::PARAMETER;
use crate::{
    clock::from_rfc3339,
    error::{ApiError, Query},
    store::{Between, Page},
};

/// Longest page.
const MAX_SIZE: u32 = 250;
/// When nothing is said.
const SIZE: u32 = 20;
/// What a date without a time stands for.
const DAY: Duration = Duration::from_secs(86_400);
const MOMENT: Duration = Duration::from_millis(1);

/// The query of a list.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes what `Params` reads")]
pub(super) struct PagingQuery {
    /// Which page, the first is 1.
    #[param(rename = "page[number]", minimum = 1, default = 1)]
    number: Option<u32>,
    /// How many on a page.
    #[param(rename = "page[size]", minimum = 1, maximum = 250, default = 20)]
    size: Option<u32>,
}

/// A part of a list.
#[derive(Clone, Copy)]
pub(super) struct Paging {
    pub(super) number: u32,
    pub(super) size: u32,
}

impl Paging {
    pub(super) fn page(self) -> Page {
        Page { limit: self.size, offset: u64::from(self.number - 1) * u64::from(self.size) }
    }
}

/// A query, of which parts are taken one after the other.
pub(super) struct Params(HashMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for Params {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Query(query) = Query::from_request_parts(parts, state).await?;
        Ok(Self(query))
    }
}

impl Params {
    /// A filter's value.
    pub(super) fn filter(&mut self, name: &str) -> Option<String> {
        self.0.remove(&format!("filter[{name}]"))
    }

    /// A filter's value as what it has to be.
    pub(super) fn parsed<T: std::str::FromStr>(&mut self, name: &str, what: &str) -> Result<Option<T>, Problem> {
        let parse = |text: String| text.parse().map_err(|_| wrong(&format!("filter[{name}]"), what));
        self.filter(name).map(parse).transpose()
    }

    /// `true` or `false`; `false` when nothing is said.
    pub(super) fn flag(&mut self, name: &str) -> Result<bool, Problem> {
        match self.0.remove(name).as_deref() {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(_) => Err(wrong(name, "true or false")),
        }
    }

    /// `filter[NAME][eq]`, `[gte]` and `[lte]`: a day (`2026-11-22`) or a time (RFC 3339).
    pub(super) fn between(&mut self, name: &str) -> Result<Between, Problem> {
        let mut ask = |how: &str| -> Result<Option<(Timestamp, Duration)>, Problem> {
            let parameter = format!("filter[{name}][{how}]");
            let Some(text) = self.0.remove(&parameter) else { return Ok(None) };
            let day = || from_rfc3339(&format!("{text}T00:00:00Z")).map(|at| (at, DAY));
            let time = || from_rfc3339(&text).map(|at| (at, MOMENT));
            time().or_else(day).map(Some).ok_or_else(|| wrong(&parameter, "a day such as 2026-11-22, or a time"))
        };
        let (equal, from, until) = (ask("eq")?, ask("gte")?, ask("lte")?);
        let latest = |a: Option<Timestamp>, b: Option<Timestamp>| a.max(b);
        let earliest = |a: Option<Timestamp>, b: Option<Timestamp>| match (a, b) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        let end = |(at, length): (Timestamp, Duration)| at + length;
        Ok(Between {
            from: latest(equal.map(|(at, _)| at), from.map(|(at, _)| at)),
            until: earliest(equal.map(end), until.map(end)),
        })
    }

    /// `filter[NAME][eq]`, `[gte]` and `[lte]` of a number, both ends in it.
    pub(super) fn range(&mut self, name: &str) -> Result<(Option<u64>, Option<u64>), Problem> {
        let mut ask = |how: &str| {
            let parameter = format!("filter[{name}][{how}]");
            let parse = |text: String| text.parse().map_err(|_| wrong(&parameter, "a whole number"));
            self.0.remove(&parameter).map(parse).transpose()
        };
        let (equal, from, until): (Option<u64>, _, _) = (ask("eq")?, ask("gte")?, ask("lte")?);
        Ok((equal.max(from), equal.into_iter().chain(until).min()))
    }

    pub(super) fn paging(&mut self) -> Result<Paging, Problem> {
        let mut ask = |name: &str, most: u32, default: u32| match self.0.remove(name) {
            None => Ok(default),
            Some(text) => {
                let number = text.parse().ok().filter(|number| (1..=most).contains(number));
                number.ok_or_else(|| wrong(name, &format!("a number from 1 to {most}")))
            }
        };
        Ok(Paging { number: ask("page[number]", u32::MAX, 1)?, size: ask("page[size]", MAX_SIZE, SIZE)? })
    }

    /// Whether there is any filter.
    pub(super) fn has_filter(&self) -> bool {
        self.0.keys().any(|name| name.starts_with("filter["))
    }

    /// Nothing is left of it.
    pub(super) fn end(self) -> Result<(), Problem> {
        match self.0.into_keys().min() {
            Some(name) => Err(wrong(&name, "there is no such parameter here")),
            None => Ok(()),
        }
    }
}

fn wrong(name: &str, what: &str) -> Problem {
    Problem::invalid(format!("{PARAMETER}{name}"), what)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(pairs: &[(&str, &str)]) -> Params {
        Params(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn a_day_is_a_day_and_a_time_a_moment() {
        let day = from_rfc3339("2026-11-22T00:00:00Z").expect("a time");
        let between = params(&[("filter[d][eq]", "2026-11-22")]).between("d").expect("read");
        assert_eq!(between, Between { from: Some(day), until: Some(day + DAY) });
        let between = params(&[("filter[d][gte]", "2026-11-22"), ("filter[d][lte]", "2026-11-22T00:00:01Z")]);
        let between = { between }.between("d").expect("read");
        assert_eq!(between, Between { from: Some(day), until: Some(day + Duration::from_millis(1001)) });
        assert_eq!(params(&[]).between("d").expect("read"), Between::default());
        assert!(params(&[("filter[d][eq]", "yesterday")]).between("d").is_err());
    }

    #[test]
    fn what_is_left_is_refused() {
        let mut asked = params(&[("page[size]", "3"), ("page[number]", "2"), ("filter[x]", "1")]);
        let paging = asked.paging().expect("read");
        assert_eq!((paging.page().limit, paging.page().offset), (3, 3));
        assert!(asked.has_filter());
        assert_eq!(asked.end().expect_err("left").field.as_deref(), Some("?filter[x]"));
        for wrong in ["0", "251", "x"] {
            assert!(params(&[("page[size]", wrong)]).paging().is_err(), "{wrong}");
        }
        assert_eq!(
            params(&[("filter[n][eq]", "3"), ("filter[n][lte]", "9")]).range("n").ok(),
            Some((Some(3), Some(3)))
        );
    }
}
