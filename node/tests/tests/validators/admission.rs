use crate::finalised;
use salus::api::runtime_types::{pallet_consortium, pallet_roles, salus_runtime::RuntimeCall};
use salus_tests::{
	consortium::{
		address, author_of, authors, hospital, in_session, rotate_keys, set_keys, signer, voters, Chain, Council,
	},
	until,
};
use serde_json::json;

/// The number that the fifth hospital gets.
const FIFTH: u32 = 4;
/// How many slots are looked at for a validator's block.
const TURNS: u64 = 12;

fn add(institution: u32) -> RuntimeCall {
	RuntimeCall::Consortium(pallet_consortium::pallet::Call::add_validator { institution })
}

fn remove(institution: u32) -> RuntimeCall {
	RuntimeCall::Consortium(pallet_consortium::pallet::Call::remove_validator { institution })
}

/// The council admits a fifth hospital and names its validator, which authors and votes; finality then needs it. It
/// strikes it out again; below the floor it cannot go.
#[tokio::test(flavor = "multi_thread")]
async fn a_fifth_hospital_validates_and_leaves_again() {
	let chain = Chain::new(4, &[]);
	let [alice, bob, eve, ferdie] = chain.validators(["alice", "bob", "eve", "ferdie"]).await;
	finalised(&[&alice, &bob, &eve, &ferdie], 2).await;
	let council = Council::at(&alice).await;

	let institution = hospital("Grace").into();
	let admit = RuntimeCall::Roles(pallet_roles::pallet::Call::admit_institution { institution });
	let admitted = council.decides(admit).await.unwrap();
	let admitted = admitted
		.iter()
		.find(|event| event.name == "InstitutionAdmitted")
		.unwrap();
	assert_eq!(admitted.number("institution"), Some(FIFTH.into()));

	// Without keys it is no validator.
	assert_eq!(council.decides(add(FIFTH)).await, Err("KeysMissing".into()));
	let boot_nodes = [address(&alice).await, address(&bob).await];
	let grace = chain.node("grace", &["--validator"], &boot_nodes).start().await;
	let (keys, proof) = rotate_keys(&grace, "//Grace//stash").await;
	council.sends("//Grace//stash", &set_keys(&keys, proof)).await;
	council.decides(add(FIFTH)).await.unwrap();

	let validator = signer("//Grace//stash").id().0;
	until("the fifth validates", || async {
		in_session(&alice).await.contains(&validator).then_some(())
	})
	.await;
	let aura: [u8; 32] = keys[..32].try_into().unwrap();
	let grandpa: [u8; 32] = keys[32..64].try_into().unwrap();
	let head = alice.asked("chain_getFinalizedHead", json!([])).await;
	assert!(authors(&alice, &head).await.contains(&aura));
	assert!(voters(&alice, &head).await.contains(&grandpa));

	// It authors.
	let from = alice.finalised().await.unwrap();
	finalised(&[&alice], from + TURNS).await;
	let mut by = Vec::new();
	for number in from..=from + TURNS {
		by.push(author_of(&alice, number).await);
	}
	assert!(by.contains(&aura), "none of {TURNS} blocks is the fifth's");

	// It votes: four of five finalise, and without another one these are the fifth and three more.
	let ferdie = ferdie.stop().await;
	let then = alice.best().await.unwrap();
	finalised(&[&alice, &bob, &eve, &grace], then + 5).await;
	let ferdie = ferdie.start().await;
	finalised(&[&ferdie], then + 5).await;

	// It leaves, and nobody else can.
	council.decides(remove(FIFTH)).await.unwrap();
	assert_eq!(council.decides(remove(3)).await, Err("BelowFloor".into()));
	until("the fifth has left", || async {
		(!in_session(&alice).await.contains(&validator)).then_some(())
	})
	.await;
	let head = alice.asked("chain_getFinalizedHead", json!([])).await;
	assert_eq!(authors(&alice, &head).await.len(), 4);
	assert!(!voters(&alice, &head).await.contains(&grandpa));
	grace.stop().await;
	let then = alice.best().await.unwrap();
	finalised(&[&alice, &bob, &eve, &ferdie], then + 5).await;
	assert_eq!(council.decides(remove(3)).await, Err("BelowFloor".into()));
}
