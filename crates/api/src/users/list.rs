//! `GET …/users`.

use countersign_domain::access::perm;
use countersign_engine::access::EnvironmentAccess;
use countersign_wire::user as wire;

use super::encode::{self, Shown};
use super::examples;
use crate::framework::{
    About, Answer, EnvironmentEndpoint, Media, Operation, Reply, Request, Verb,
};
use crate::openapi::{Description, Tag};
use crate::paging;
use crate::paths;

pub(crate) struct ListUsers;

impl Operation for ListUsers {
    const ABOUT: About = About {
        operation: "listUsers",
        verb: Verb::Get,
        path: paths::USERS,
        media: Media::None,
    };
    type Body = ();

    fn describe() -> Description {
        let about = Description::new(
            Tag::Users,
            "Read all users",
            "The users that the caller sees, in the order of creation. Follow `next` until it is \
             absent.",
        );
        paging::describe(
            about,
            "SCIM filter: `username`, `email`, `name.given` and other attributes with `eq` and `sw`, \
             `population.id` with `eq`; `and`, `or`, parentheses. Letter case does not matter.",
        )
        .response::<wire::UserList<'static>>(200, examples::page())
    }
}

impl EnvironmentEndpoint for ListUsers {
    type Permission = perm::UserRead;

    async fn handle(request: Request, access: EnvironmentAccess<perm::UserRead>, (): ()) -> Answer {
        let page = request
            .engine()
            .list_users(&access, &paging::asked(&request))
            .await?;
        let users: Vec<_> = page
            .items
            .iter()
            .map(|user| encode::user(&request, user, Shown::InList))
            .collect();
        Reply::ok(&wire::UserList {
            links: paging::links(&request, &page),
            size: users.len(),
            embedded: wire::UserListEmbedded { users },
            count: page.count,
        })
    }
}
