//! Webhooks: where a company's back end is told of what happens in its rooms.

use axum::{Json, extract::State, http::StatusCode};
use visita_protocol::{
    ErrorBody, ErrorCode, Problem, Secret,
    rest::{CreateWebhook, EventKind, UpdateWebhook, Webhook, WebhookCall, WebhookList},
};

use super::{
    caller::Operator,
    company::check_url,
    paging::{Paging, PagingQuery},
};
use crate::{
    app::App,
    audit::Entry,
    clock::to_rfc3339,
    error::{ApiError, Body, Path},
    ids, keys,
    store::{Company, Listed, StoredWebhook},
};

/// Length of a signing secret, in characters.
const SECRET: std::ops::RangeInclusive<usize> = 16..=256;

/// Makes a webhook. Its secret is told in this answer and never again.
#[utoipa::path(post, path = "/v2/webhooks", tag = "Webhooks", security(("apikey" = []), ("bearer" = [])),
    request_body(content = CreateWebhook, example = json!({
        "url": "https://clinic.example.org/visita", "events": ["on_session_started", "on_session_ended"] })),
    responses(
    (status = 201, description = "The webhook with its secret", body = Webhook),
    (status = 400, description = "A field is not valid", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, but no operator", body = ErrorBody)))]
pub(super) async fn create(
    State(app): State<App>,
    Operator(caller): Operator,
    body: Body,
) -> Result<(StatusCode, Json<Webhook>), ApiError> {
    let CreateWebhook { url, events, secret, enabled } = body.json()?;
    check_url("url", &url)?;
    let secret = match secret {
        Some(secret) => check_secret(secret)?,
        None => keys::new_code()?,
    };
    let webhook = StoredWebhook {
        webhook_id: String::from(ids::new::<visita_protocol::RoomId>()),
        url,
        events: check_events(events)?,
        enabled: enabled.unwrap_or(true),
        secret: app.keys.seal_webhook_secret(&secret)?,
        waiting: 0,
        last: None,
        created_at: app.clock.now(),
    };
    app.store.create_webhook(&caller.company().id, &webhook).await?;
    app.audit.write(Entry::by(&caller, "webhook_made").subject(&webhook.webhook_id)).await?;
    Ok((StatusCode::CREATED, Json(told(webhook, Some(secret)))))
}

/// Lists webhooks in the order of their making.
#[utoipa::path(get, path = "/v2/webhooks", tag = "Webhooks", security(("apikey" = []), ("bearer" = [])),
    params(PagingQuery), responses(
    (status = 200, description = "A page of webhooks", body = WebhookList),
    (status = 400, description = "A query field is not valid", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, but no operator", body = ErrorBody)))]
pub(super) async fn list(
    State(app): State<App>,
    Operator(caller): Operator,
    Paging(page): Paging,
) -> Result<Json<WebhookList>, ApiError> {
    let Listed { items, total } = app.store.webhooks(&caller.company().id, page).await?;
    Ok(Json(WebhookList { webhooks: items.into_iter().map(|webhook| told(webhook, None)).collect(), total }))
}

/// Tells a webhook.
#[utoipa::path(get, path = "/v2/webhooks/{webhook_id}", tag = "Webhooks", security(("apikey" = []), ("bearer" = [])),
    params(("webhook_id" = String, Path, description = "The webhook")), responses(
    (status = 200, description = "The webhook", body = Webhook),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, but no operator", body = ErrorBody),
    (status = 404, description = "No such webhook", body = ErrorBody)))]
pub(super) async fn get(
    State(app): State<App>,
    Operator(caller): Operator,
    Path(webhook_id): Path<String>,
) -> Result<Json<Webhook>, ApiError> {
    Ok(Json(told(find(&app, caller.company(), &webhook_id).await?, None)))
}

/// Changes a webhook: what is absent stays. A new secret is told in the answer.
#[utoipa::path(patch, path = "/v2/webhooks/{webhook_id}", tag = "Webhooks",
    security(("apikey" = []), ("bearer" = [])),
    params(("webhook_id" = String, Path, description = "The webhook")),
    request_body(content = UpdateWebhook, example = json!({ "enabled": false })),
    responses(
    (status = 200, description = "The webhook as it is now", body = Webhook),
    (status = 400, description = "A field is not valid; nothing changed", body = ErrorBody),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, but no operator", body = ErrorBody),
    (status = 404, description = "No such webhook", body = ErrorBody)))]
pub(super) async fn update(
    State(app): State<App>,
    Operator(caller): Operator,
    Path(webhook_id): Path<String>,
    body: Body,
) -> Result<Json<Webhook>, ApiError> {
    let UpdateWebhook { url, events, secret, enabled } = body.json()?;
    if let Some(url) = &url {
        check_url("url", url)?;
    }
    let events = events.map(check_events).transpose()?;
    let secret = secret.map(check_secret).transpose()?;
    let old = find(&app, caller.company(), &webhook_id).await?;
    let webhook = StoredWebhook {
        url: url.unwrap_or(old.url),
        events: events.unwrap_or(old.events),
        enabled: enabled.unwrap_or(old.enabled),
        secret: match &secret {
            Some(secret) => app.keys.seal_webhook_secret(secret)?,
            None => old.secret,
        },
        ..old
    };
    if !app.store.update_webhook(&caller.company().id, &webhook).await? {
        return Err(missing().into());
    }
    // What waited for a webhook that was off is due again.
    app.webhooks.wake();
    app.audit.write(Entry::by(&caller, "webhook_changed").subject(&webhook_id)).await?;
    Ok(Json(told(webhook, secret)))
}

/// Deletes a webhook, and what was still to be delivered to it.
#[utoipa::path(delete, path = "/v2/webhooks/{webhook_id}", tag = "Webhooks",
    security(("apikey" = []), ("bearer" = [])),
    params(("webhook_id" = String, Path, description = "The webhook")), responses(
    (status = 204, description = "Deleted"),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, but no operator", body = ErrorBody),
    (status = 404, description = "No such webhook", body = ErrorBody)))]
pub(super) async fn delete(
    State(app): State<App>,
    Operator(caller): Operator,
    Path(webhook_id): Path<String>,
) -> Result<StatusCode, ApiError> {
    if !app.store.delete_webhook(&caller.company().id, &webhook_id).await? {
        return Err(missing().into());
    }
    app.audit.write(Entry::by(&caller, "webhook_deleted").subject(&webhook_id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a webhook an event of the kind `on_test`, also one that is called for other events only.
#[utoipa::path(post, path = "/v2/webhooks/{webhook_id}/test", tag = "Webhooks",
    security(("apikey" = []), ("bearer" = [])),
    params(("webhook_id" = String, Path, description = "The webhook")), responses(
    (status = 202, description = "On its way; `last` of the webhook tells what came of it"),
    (status = 401, description = "No key or token, or a wrong one", body = ErrorBody),
    (status = 403, description = "Signed in, but no operator", body = ErrorBody),
    (status = 404, description = "No such webhook", body = ErrorBody),
    (status = 409, description = "The webhook is switched off", body = ErrorBody)))]
pub(super) async fn test(
    State(app): State<App>,
    Operator(caller): Operator,
    Path(webhook_id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let webhook = find(&app, caller.company(), &webhook_id).await?;
    if !webhook.enabled {
        return Err(Problem::new(ErrorCode::Conflict, "the webhook is switched off").into());
    }
    if !app.webhooks.test(&webhook_id).await? {
        return Err(missing().into());
    }
    Ok(StatusCode::ACCEPTED)
}

async fn find(app: &App, company: &Company, webhook_id: &str) -> Result<StoredWebhook, ApiError> {
    Ok(app.store.webhook(&company.id, webhook_id).await?.ok_or_else(missing)?)
}

fn missing() -> Problem {
    Problem::new(ErrorCode::NotFound, "no such webhook")
}

fn check_secret(secret: Secret) -> Result<Secret, Problem> {
    if !SECRET.contains(&secret.expose().chars().count()) {
        return Err(Problem::invalid("secret", "a secret has 16 to 256 characters"));
    }
    Ok(secret)
}

fn check_events(events: Vec<EventKind>) -> Result<Vec<EventKind>, Problem> {
    for (index, event) in events.iter().enumerate() {
        if events[..index].contains(event) {
            return Err(Problem::invalid(format!("events[{index}]"), "named twice"));
        }
    }
    Ok(events)
}

fn told(webhook: StoredWebhook, secret: Option<Secret>) -> Webhook {
    Webhook {
        webhook_id: webhook.webhook_id,
        url: webhook.url,
        events: webhook.events,
        enabled: webhook.enabled,
        secret,
        waiting: webhook.waiting,
        last: webhook.last.map(|call| WebhookCall {
            at: to_rfc3339(call.at),
            delivered: call.delivered,
            status: call.status,
        }),
        created_at: to_rfc3339(webhook.created_at),
    }
}
