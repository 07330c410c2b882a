//! What visits need beside their rooms: plans that change, users by the ids of other systems, pictures of a company.

use async_trait::async_trait;
use visita_protocol::{
    CompanyId, RoomId, UserId,
    rest::{Role, User},
};
use visita_room::Timestamp;

use super::{NewPlan, StoreError, StoredPicture};

/// Visits whose seats are filled one after the other, and who takes part in them.
#[async_trait]
pub(crate) trait VisitStore: Send + Sync + 'static {
    /// Plans a visit anew, all or nothing: seats that are not in the plan are gone, and their links with them.
    async fn replan(&self, room: &RoomId, company: &CompanyId, plan: &NewPlan) -> Result<(), StoreError>;

    /// The user whom another system calls so.
    async fn external_user(&self, company: &CompanyId, external_id: &str) -> Result<Option<User>, StoreError>;
    /// What another system calls the user.
    async fn external_id(&self, company: &CompanyId, user: &UserId) -> Result<Option<String>, StoreError>;
    /// The user whom another system calls so, made with this id and role when there is none. A user who has the id already,
    /// and whom no system calls otherwise, is that one; else the second id is taken. A role that was there stays.
    async fn ensure_external_user(
        &self,
        company: &CompanyId,
        external_id: &str,
        ids: [UserId; 2],
        role: Role,
        now: Timestamp,
    ) -> Result<User, StoreError>;
    /// Changes a user's role. Whether there is one.
    async fn set_role(&self, company: &CompanyId, user: &UserId, role: Role) -> Result<bool, StoreError>;
}

/// Pictures of companies.
#[async_trait]
pub(crate) trait PictureStore: Send + Sync + 'static {
    /// A new picture.
    async fn create_picture(&self, company: &CompanyId, picture: &StoredPicture) -> Result<(), StoreError>;
    /// A picture, and whose it is.
    async fn picture(&self, picture: &str) -> Result<Option<(CompanyId, StoredPicture)>, StoreError>;
}
