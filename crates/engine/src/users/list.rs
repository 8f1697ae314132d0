//! The list of users.
//!
//! What the caller does not see is not there. Users of single populations come from the index over
//! populations, one user name from the index over names; other filters look at every user in turn.

use countersign_domain::access::{Visibility, perm};
use countersign_domain::case_fold::case_fold;
use countersign_domain::ids::{EnvironmentId, PopulationId};
use countersign_domain::scim_filter::{Filter, Operator};
use countersign_domain::user::{FILTER, User, matches};
use countersign_storage::queries::users::{self, Direction, Position};

use crate::access::EnvironmentAccess;
use crate::paging::{Limits, Page, PageRequest};
use crate::{Engine, Fault, Stop};

const LIMITS: Limits = Limits {
    default: 200,
    maximum: 1000,
};
/// Users read at once where a filter has to look at each.
const CHUNK: usize = 500;
/// Up to how many users a filter is also counted.
const COUNTED: u64 = 10_000;

/// Which users to look at.
struct Source {
    environment: EnvironmentId,
    /// `None` = all populations.
    populations: Option<Vec<PopulationId>>,
}

impl Engine {
    /// A page of the users that the caller sees.
    ///
    /// # Errors
    /// Refused when a parameter is wrong.
    pub async fn list_users(
        &self,
        access: &EnvironmentAccess<perm::UserRead>,
        request: &PageRequest,
    ) -> Result<Page<User>, Stop> {
        let environment = access.environment().id;
        let within = environment.uuid();
        let asked = self.asked(
            access.caller(),
            "users",
            within.as_bytes(),
            LIMITS,
            &FILTER,
            request,
        )?;
        let mut source = Source {
            environment,
            populations: match access.visibility() {
                Visibility::All => None,
                Visibility::Populations(visible) => Some(distinct(visible.clone())),
            },
        };
        let filter = asked.filter.as_ref();
        if let Some(name) = filter.and_then(|filter| required(filter, "username")) {
            let found =
                users::find_by_username(self.database(), environment, &case_fold(name)).await?;
            let found = found.filter(|user| {
                access.visibility().covers(user.population)
                    && filter.is_none_or(|filter| matches(filter, user))
            });
            return Ok(asked.page_of_all(self, Vec::from_iter(found), Position::of));
        }
        let wanted = filter.and_then(|filter| required(filter, "population.id"));
        if let Some(wanted) = wanted {
            source.narrow(wanted.parse().ok());
        }
        // The population is seen to by the source; where nothing else is asked, nothing is left.
        let filter = filter.filter(|filter| wanted.is_none() || filter.conjuncts().len() > 1);

        let (from, direction) = asked.start();
        let take = asked.limit.saturating_add(1);
        let items = self.scan(&source, filter, from, direction, take).await?;
        let total = self.count_source(&source).await?;
        let count = match filter {
            None => Some(total),
            Some(_) if total > COUNTED => None,
            Some(_) => {
                let all = self
                    .scan(
                        &source,
                        filter,
                        Position::START,
                        Direction::Forward,
                        usize::MAX,
                    )
                    .await?;
                u64::try_from(all.len()).ok()
            }
        };
        Ok(asked.page(self, items, Position::of, count))
    }

    /// The first `take` users that meet the filter, from a place on.
    async fn scan(
        &self,
        source: &Source,
        filter: Option<&Filter>,
        mut from: Position,
        direction: Direction,
        take: usize,
    ) -> Result<Vec<User>, Fault> {
        let chunk = match filter {
            None => take.min(CHUNK),
            Some(_) => CHUNK,
        };
        let mut found = Vec::new();
        loop {
            let read = self.read_chunk(source, from, direction, chunk).await?;
            let is_last = read.len() < chunk;
            for user in read {
                from = Position::of(&user);
                if filter.is_none_or(|filter| matches(filter, &user)) {
                    found.push(user);
                    if found.len() == take {
                        return Ok(found);
                    }
                }
            }
            if is_last {
                return Ok(found);
            }
        }
    }

    /// The `chunk` users nearest to a place, the nearest first.
    async fn read_chunk(
        &self,
        source: &Source,
        from: Position,
        direction: Direction,
        chunk: usize,
    ) -> Result<Vec<User>, Fault> {
        let limit = i64::try_from(chunk).unwrap_or(i64::MAX);
        let query =
            |population| users::page_query(source.environment, population, from, direction, limit);
        let queries = match &source.populations {
            None => vec![query(None)],
            Some(populations) => populations.iter().map(|id| query(Some(*id))).collect(),
        };
        let rows = self.database().read_batch(queries).await?;
        let mut read = rows
            .iter()
            .flatten()
            .map(users::decode)
            .collect::<Result<Vec<_>, _>>()?;
        // Each population came in order; together they have to be put into it.
        match direction {
            Direction::Forward => read.sort_by_key(Position::of),
            Direction::Backward => {
                read.sort_by_key(|user| std::cmp::Reverse(Position::of(user)));
            }
        }
        read.truncate(chunk);
        Ok(read)
    }

    async fn count_source(&self, source: &Source) -> Result<u64, Fault> {
        let query = |population| users::count_query(source.environment, population);
        let queries = match &source.populations {
            None => vec![query(None)],
            Some(populations) => populations.iter().map(|id| query(Some(*id))).collect(),
        };
        let mut total = 0;
        for rows in self.database().read_batch(queries).await? {
            for row in rows {
                total += u64::try_from(row.int(0)?).unwrap_or(0);
            }
        }
        Ok(total)
    }
}

impl Source {
    /// Leaves nothing but one population; nothing at all when that one is not seen.
    fn narrow(&mut self, to: Option<PopulationId>) {
        let seen = to.filter(|to| {
            self.populations
                .as_ref()
                .is_none_or(|populations| populations.contains(to))
        });
        self.populations = Some(Vec::from_iter(seen));
    }
}

fn distinct(mut populations: Vec<PopulationId>) -> Vec<PopulationId> {
    populations.sort_unstable();
    populations.dedup();
    populations
}

/// The value that an attribute must be equal to for the filter to hold.
fn required<'a>(filter: &'a Filter, attribute: &str) -> Option<&'a str> {
    filter.conjuncts().iter().find_map(|part| match part {
        Filter::Compare(comparison)
            if comparison.attribute == attribute && comparison.operator == Operator::Eq =>
        {
            comparison.text()
        }
        _ => None,
    })
}
