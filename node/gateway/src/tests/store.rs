//! A database file is shared by all who ask at the same time.

use super::world::{cut, World};
use crate::{store::Store, GatewayError};

async fn change(store: &Store) -> Result<(), GatewayError> {
	let mut change = store.begin().await?;
	sqlx::query("UPDATE meta SET number = COALESCE(number, 0) + 1")
		.execute(&mut *change)
		.await?;
	change.commit().await?;
	Ok(())
}

#[tokio::test]
async fn whoever_goes_away_while_a_change_begins_leaves_the_file_to_others() {
	let world = World::new().await;
	let store = world.store();
	let mut most = 0;
	// Now and then the file's thread answers before it is asked again: a hundred times, so that all points are met.
	for _ in 0..100 {
		let mut polls = 0;
		while !cut(store.begin(), polls).await {
			// One for each connection: none is left in the middle of a change, and none waits for one that is.
			tokio::try_join!(change(store), change(store), change(store), change(store)).unwrap();
			polls += 1;
		}
		most = most.max(polls);
	}
	assert!(
		most >= 3,
		"it waits for the connection, for its change and for its answer: {most}"
	);
}
