//! The pool of reading connections.

use deadpool::managed::{Manager, Metrics, Object, Pool, RecycleResult};

use super::connection::{Connection, Role, Target};
use crate::StorageError;

pub(super) struct Readers {
    pool: Pool<ReaderManager>,
}

pub(super) struct ReaderManager {
    target: Target,
}

impl Manager for ReaderManager {
    type Type = Connection;
    type Error = StorageError;

    async fn create(&self) -> Result<Connection, StorageError> {
        Connection::open(&self.target, Role::Reader)
    }

    /// A connection is as good as new unless a snapshot was left open, which only a panic can do.
    async fn recycle(
        &self,
        connection: &mut Connection,
        _: &Metrics,
    ) -> RecycleResult<StorageError> {
        connection.rollback();
        Ok(())
    }
}

impl Readers {
    pub(super) fn new(target: Target, size: Option<usize>) -> Result<Self, StorageError> {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let pool = Pool::builder(ReaderManager { target })
            .max_size(size.unwrap_or(processors.max(2)))
            .build()
            .map_err(|error| StorageError::Open {
                what: "the pool of readers".to_owned(),
                reason: error.to_string(),
            })?;
        Ok(Self { pool })
    }

    pub(super) async fn get(&self) -> Result<Object<ReaderManager>, StorageError> {
        use deadpool::managed::PoolError;
        self.pool.get().await.map_err(|error| match error {
            PoolError::Backend(error) => error,
            PoolError::Closed => StorageError::Closed,
            other => StorageError::Unavailable(other.to_string()),
        })
    }

    pub(super) fn close(&self) {
        self.pool.close();
    }
}
