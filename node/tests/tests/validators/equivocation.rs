use crate::finalised;
use salus::api::{
	self,
	runtime_types::{
		finality_grandpa, pallet_consortium, salus_runtime::RuntimeCall, sp_consensus_grandpa, sp_session,
	},
};
use salus_tests::{
	consortium::{
		address, aura_key, author_of, authors, in_session, offended, precommit, signer, state_call, state_key, stored,
		Chain, Council,
	},
	until, Node,
};
use serde_json::json;
use sp_core::{ed25519, Pair, H256};

/// Every validator's turn, several times over.
const TURNS: u64 = 10;

/// Waits for so many more blocks and checks that this author made none of them.
async fn silent(node: &Node, author: [u8; 32]) {
	let from = node.finalised().await.unwrap() + 1;
	finalised(&[node], from + TURNS).await;
	for number in from..=from + TURNS {
		assert_ne!(author_of(node, number).await, author, "block {number}");
	}
}

/// A hospital runs a second node with the same session keys, and both make blocks: the others see two blocks for one
/// slot, and report it. From then on neither authors, and the validator leaves the set, where three are enough.
#[tokio::test(flavor = "multi_thread")]
async fn an_author_that_runs_twice_is_found_out_and_leaves() {
	let chain = Chain::new(3, &["double"]);
	let [alice, bob, eve, ferdie] = chain.validators(["alice", "bob", "eve", "ferdie"]).await;
	let all = [&alice, &bob, &eve, &ferdie];
	finalised(&all, 2).await;
	assert_eq!(offended(&alice, "//Ferdie//stash").await, None);

	let boot_nodes = [address(&alice).await, address(&bob).await, address(&eve).await];
	// With Aura's key alone it votes on nothing, so that it is the author who is found out.
	let double = chain.node("double", &["--validator"], &boot_nodes).start().await;
	let public = format!("0x{}", hex::encode(aura_key("//Ferdie")));
	double
		.asked("author_insertKey", json!(["aura", "//Ferdie", public]))
		.await;
	until("the report", || offended(&alice, "//Ferdie//stash")).await;
	let logged = [&alice, &bob, &eve]
		.iter()
		.any(|node| node.log().contains("made two blocks for slot"));
	assert!(logged, "nobody has seen it");

	silent(&alice, aura_key("//Ferdie")).await;
	until("it has left", || async {
		(in_session(&bob).await.len() == 3).then_some(())
	})
	.await;
	let validator = signer("//Ferdie//stash").id().0;
	assert!(!in_session(&bob).await.contains(&validator));
	let head = bob.asked("chain_getFinalizedHead", json!([])).await;
	assert!(!authors(&bob, &head).await.contains(&aura_key("//Ferdie")));
	let then = alice.best().await.unwrap();
	finalised(&[&alice, &bob, &eve], then + TURNS).await;
	drop(double);

	// The council pardons it, and it is back.
	let council = Council::at(&alice).await;
	let reinstate = pallet_consortium::pallet::Call::reinstate_validator { institution: 3 };
	council.decides(RuntimeCall::Consortium(reinstate)).await.unwrap();
	until("it is back", || async {
		(in_session(&bob).await.len() == 4).then_some(())
	})
	.await;
	until("it authors", || async {
		let number = alice.finalised().await?;
		(author_of(&alice, number).await == aura_key("//Ferdie")).then_some(())
	})
	.await;
}

/// Two precommits of one voter for one round are reported. Four is the floor here: the validator stays, its slots empty
/// in every session, and the council is told.
#[tokio::test(flavor = "multi_thread")]
async fn a_voter_that_equivocates_is_disabled_where_the_floor_keeps_it() {
	let chain = Chain::new(4, &[]);
	let [alice, bob, eve, ferdie] = chain.validators(["alice", "bob", "eve", "ferdie"]).await;
	let all = [&alice, &bob, &eve, &ferdie];
	finalised(&all, 2).await;

	let key = ed25519::Pair::from_string("//Ferdie", None).unwrap().public().0;
	let head = alice.asked("chain_getFinalizedHead", json!([])).await;
	let set: u64 = state_call(&alice, "GrandpaApi_current_set_id", Vec::new(), &head).await;
	let arguments = codec::Encode::encode(&(set, key));
	let proof: Option<Vec<u8>> = state_call(&alice, "GrandpaApi_generate_key_ownership_proof", arguments, &head).await;
	let (session, trie_nodes, validator_count): (u32, Vec<Vec<u8>>, u32) =
		codec::Decode::decode(&mut proof.unwrap().as_slice()).unwrap();
	let owner = || sp_session::MembershipProof {
		session,
		trie_nodes: trie_nodes.clone(),
		validator_count,
	};

	let round = 1;
	let vote = |hash: [u8; 32], number: u32| {
		let signature = precommit("//Ferdie", H256(hash), number, round, set);
		let target = finality_grandpa::Precommit {
			target_hash: H256(hash),
			target_number: number,
		};
		(target, sp_consensus_grandpa::app::Signature(signature))
	};
	let report = |first, second| {
		let equivocation = sp_consensus_grandpa::Equivocation::Precommit(finality_grandpa::Equivocation {
			round_number: round,
			identity: sp_consensus_grandpa::app::Public(key),
			first,
			second,
		});
		let proof = sp_consensus_grandpa::EquivocationProof {
			set_id: set,
			equivocation,
		};
		api::tx().grandpa().report_equivocation(proof, owner())
	};
	let council = Council::at(&alice).await;

	// One vote said twice is none.
	let refused = council
		.refused("//Alice//doctor", &report(vote([1; 32], 1), vote([1; 32], 1)))
		.await;
	assert_eq!(refused, "InvalidEquivocationProof");
	assert_eq!(offended(&alice, "//Ferdie//stash").await, None);

	let reported = council
		.sends("//Alice//doctor", &report(vote([1; 32], 1), vote([2; 32], 2)))
		.await;
	let names: Vec<&str> = reported.events.iter().map(|event| event.name.as_str()).collect();
	for name in ["ValidatorOffended", "ValidatorDisabled", "HeldByFloor", "Offence"] {
		assert!(names.contains(&name), "{name} in {names:?}");
	}
	assert!(offended(&alice, "//Ferdie//stash").await.is_some());
	let again = council
		.refused("//Alice//doctor", &report(vote([1; 32], 1), vote([2; 32], 2)))
		.await;
	assert_eq!(again, "DuplicateOffenceReport");

	// Its slots stay empty over the next sessions, in which it stays.
	let index = state_key("Session", "CurrentIndex", None);
	let then: u32 = stored(&alice, &index).await.unwrap();
	silent(&alice, aura_key("//Ferdie")).await;
	until("two sessions later", || async {
		stored::<u32>(&alice, &index).await.filter(|now| *now >= then + 2)
	})
	.await;
	silent(&alice, aura_key("//Ferdie")).await;
	assert_eq!(in_session(&alice).await.len(), 4);
	finalised(&all, alice.finalised().await.unwrap()).await;
}
