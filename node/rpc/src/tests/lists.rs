use std::sync::Arc;

use salus_index::{FinalisedBlocks, Follower, SourceError};
use salus_primitives::{AuditEntry, Grantee, Kind, Listing, Party, PatientId, Role};
use serde_json::{json, Value};
use sp_core::H256;

use super::world::{account, finalised, World, BIG};
use crate::AccountId;

/// Seven blocks, each with an entry; the first puts all of this on lists. Of patient 9 the state knows nothing any more.
struct Blocks(Vec<Listing<AccountId>>);

fn hash(number: u32) -> H256 {
	match number {
		0 => H256::zero(),
		7 => finalised(),
		_ => H256::from_low_u64_be(number.into()),
	}
}

impl FinalisedBlocks for Blocks {
	fn head(&self) -> (u32, H256) {
		(7, finalised())
	}

	fn hash(&self, number: u32) -> Result<Option<H256>, SourceError> {
		Ok(Some(hash(number)))
	}

	fn entries(&self, block: H256) -> Result<Vec<(PatientId, AuditEntry<AccountId>)>, SourceError> {
		let seq = (1..=7).find(|number| hash(*number) == block).unwrap().into();
		let entry = AuditEntry {
			seq,
			at: 1_000 * seq,
			actor: None,
			kind: Kind::HpkeKeyRotated,
		};
		Ok(vec![(1, entry)])
	}

	fn listings(&self, block: H256) -> Result<Option<Vec<Listing<AccountId>>>, SourceError> {
		Ok(Some(if block == hash(1) { self.0.clone() } else { Vec::new() }))
	}

	fn listings_of(&self, _: H256, _: Vec<PatientId>) -> Result<Option<Vec<Listing<AccountId>>>, SourceError> {
		Ok(Some(Vec::new()))
	}
}

async fn world(rows: impl IntoIterator<Item = (Party<AccountId>, PatientId, u64)>) -> World {
	let world = World::new().await;
	let listing = |(party, patient, id)| Listing {
		party,
		patient,
		id,
		until: None,
	};
	let blocks = Blocks(rows.into_iter().map(listing).collect());
	let mut follower = Follower::resume(world.index.clone(), Arc::new(blocks)).await.unwrap();
	follower.catch_up().await.unwrap();
	world
}

fn to(grantee: Grantee<AccountId>) -> Party<AccountId> {
	Party::Grantee(grantee)
}

fn ids(page: &Value) -> Vec<u64> {
	let items = page["items"].as_array().unwrap().iter();
	items.map(|item| item["id"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn grants_to_each_kind_of_grantee() {
	let bea = account(2);
	let grantees = [
		(Grantee::Account(bea.clone()), json!(bea.to_string())),
		(
			Grantee::Account(account(3)),
			json!({ "type": "Account", "account": account(3).to_string() }),
		),
		(
			Grantee::Institution(1),
			json!({ "type": "Institution", "institution": 1 }),
		),
		(
			Grantee::Role(Role::Nurse, 1),
			json!({ "type": "Role", "role": "Nurse", "institution": 1 }),
		),
		(Grantee::Assigned(1), json!({ "type": "Assigned", "institution": 1 })),
	];
	let rows = (1..)
		.zip(&grantees)
		.map(|(id, (grantee, _))| (to(grantee.clone()), BIG, id));
	let world = world(rows).await;
	for (id, (_, param)) in (1..).zip(grantees) {
		let page = world.ok("consent_grantsTo", json!([param])).await;
		assert_eq!(ids(&page), [id]);
		let item = &page["items"][0];
		assert_eq!(item["patient"], BIG.to_string());
		let shown = match param {
			Value::String(account) => json!({ "type": "Account", "account": account }),
			object => object,
		};
		assert_eq!(item["grantee"], shown);
		assert_eq!(item["terms"]["purposes"], json!(["Treatment", "Emergency"]));
		assert_eq!(page["next"], Value::Null);
	}
	let nobody = world.ok("consent_grantsTo", json!([account(8).to_string()])).await;
	assert_eq!(nobody, json!({ "items": [], "next": null }));
}

#[tokio::test]
async fn pages_follow_one_another_and_hold_what_the_state_has() {
	// Every other one is gone.
	let bea = Grantee::Account(account(2));
	let world = world((0..20).map(|id| (to(bea.clone()), if id % 2 == 0 { 1 } else { 9 }, id))).await;
	let mut found = Vec::new();
	let mut cursor = Value::Null;
	loop {
		let params = json!({ "grantee": account(2).to_string(), "limit": 3, "cursor": cursor });
		let page = world.ok("consent_grantsTo", params).await;
		assert!(ids(&page).len() <= 3);
		found.extend(ids(&page));
		cursor = page["next"].clone();
		if cursor.is_null() {
			break;
		}
	}
	assert_eq!(found, (0..20).step_by(2).collect::<Vec<_>>());
	// A full page that is the last one has no next.
	let exact = world
		.ok("consent_grantsTo", json!([account(2).to_string(), null, 10]))
		.await;
	assert_eq!((ids(&exact).len(), &exact["next"]), (10, &Value::Null));
}

#[tokio::test]
async fn a_call_looks_up_no_more_than_four_pages() {
	let bea = Grantee::Account(account(2));
	let stale = (0..1_100).map(|id| (to(bea.clone()), 9, id));
	let world = world(stale.chain([(to(bea.clone()), 1, 2_000)])).await;
	let first = world.ok("consent_grantsTo", json!([account(2).to_string()])).await;
	assert_eq!(first["items"], json!([]));
	assert!(first["next"].is_string(), "there may be more");
	let second = world
		.ok("consent_grantsTo", json!([account(2).to_string(), first["next"]]))
		.await;
	assert_eq!(ids(&second), [2_000]);
	assert_eq!(second["next"], Value::Null);
}

#[tokio::test]
async fn requests_by_their_requester() {
	let rows = [
		(Party::Requester(account(2)), 1, 4),
		(Party::Requester(account(2)), 9, 5),
		(Party::Requester(account(2)), 3, 6),
		(Party::Requester(account(3)), 3, 7),
	];
	let page = world(rows)
		.await
		.ok("consent_requestsBy", json!([account(2).to_string()]))
		.await;
	assert_eq!(ids(&page), [4, 6]);
	assert_eq!(page["items"][1]["patient"], 3);
	assert_eq!(page["items"][1]["requester"], account(2).to_string());
	assert_eq!(page["items"][1]["expiresAt"], 2);
}

#[tokio::test]
async fn cases_of_a_clinician_and_those_that_an_institution_has_to_review() {
	let rows = [
		(Party::Clinician(account(2)), 1, 4),
		(Party::Reviewer(1), 1, 4),
		(Party::Reviewer(1), 9, 5),
		(Party::Reviewer(2), 1, 6),
	];
	let world = world(rows).await;
	let open = world.ok("consent_openCases", json!([account(2).to_string()])).await;
	assert_eq!(
		open["items"],
		json!([{
			"patient": 1,
			"id": 4,
			"opener": account(2).to_string(),
			"institution": 1,
			"reason": "Unconscious",
			"justification": format!("0x{}", "06".repeat(32)),
			"openedAt": 10,
			"endsAt": 20,
			"closedAt": 15,
			"approvalsNeeded": 2,
			"approvals": [{ "approver": account(5).to_string(), "institution": 0 }],
			"team": [account(4).to_string()],
			// Seven days later, on the full hour.
			"reviewDue": 604_800_000,
			"review": null,
			"appealedAt": null,
			"judgement": null,
		}])
	);
	let reviews = world.ok("consent_reviews", json!([1])).await;
	assert_eq!(ids(&reviews), [4]);
	assert_eq!(
		ids(&world.ok("consent_reviews", json!({ "institution": 2 })).await),
		[6]
	);
	assert_eq!(world.ok("consent_reviews", json!([3])).await["items"], json!([]));
}

#[tokio::test]
async fn erasures_that_a_grantee_owes() {
	let role = Grantee::Role(Role::Doctor, 1);
	let rows = [
		(Party::Eraser(role.clone()), 1, 4),
		(Party::Eraser(role.clone()), 9, 5),
		(to(role), 1, 6),
	];
	let param = json!({ "type": "Role", "role": "Doctor", "institution": 1 });
	let page = world(rows).await.ok("consent_erasures", json!([param])).await;
	assert_eq!(
		page["items"],
		json!([{ "patient": 1, "grant": 4, "grantee": param, "eraseAfter": BIG.to_string() }])
	);
}
