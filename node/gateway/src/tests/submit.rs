use std::sync::Mutex;

use codec::{Decode, Encode};
use salus::{Application, ConnectionError, Signature, SubmissionError};
use salus_primitives::{DAY, SECOND};
use subxt::{
	dynamic,
	ext::{
		frame_decode::extrinsics::encode_call_data,
		scale_value::{Composite, Value},
	},
	Metadata,
};

use super::world::{Applicant, World, NOW};
use crate::{
	store::{CaseId, State},
	submit::{application, check_call, one, signature, Attestation, Submit, SubmitError},
};

fn metadata() -> Metadata {
	Metadata::decode(&mut include_bytes!("../../../client/metadata.scale").as_slice()).unwrap()
}

fn signed() -> (Application, Signature) {
	let applicant = Applicant::doctor();
	let message = salus_primitives::wrapped(salus_primitives::APPLICATION_TAG, &applicant.application);
	let signature = applicant.identity.account().sign(&message);
	(applicant.application, signature)
}

#[test]
fn what_is_built_from_the_metadata_is_what_the_chain_reads() {
	let (given, signed) = signed();
	// `approve_application` takes an application and its signature too, and is there in any runtime.
	let built = dynamic::tx(
		"Roles",
		"approve_application",
		Composite::unnamed([application(&given), signature(&signed), Value::u128(1), Value::u128(2)]),
	);
	let metadata = metadata();
	let bytes = encode_call_data(
		built.pallet_name(),
		built.call_name(),
		built.call_data(),
		&metadata,
		metadata.types(),
	)
	.unwrap();
	let arguments = (given, signed, 1u64, 2u64).encode();
	assert_eq!(
		bytes.get(2..).unwrap(),
		arguments,
		"after the pallet's and the call's index"
	);
}

#[test]
fn a_runtime_without_the_call_is_said() {
	let error = check_call(&metadata(), "Roles", "no_such_call").unwrap_err();
	assert!(matches!(error, SubmitError::CallMissing), "{error}");
	assert!(error.to_string().contains("Roles.submit_application"));
	let error = check_call(&metadata(), "Roles", "approve_application").unwrap_err();
	assert!(matches!(error, SubmitError::OtherCall(_)), "{error}");
}

/// A chain that answers as it is told.
struct Told(Mutex<Vec<Result<u64, SubmitError>>>);

impl Submit for Told {
	async fn submit(&self, _: &Attestation) -> Result<u64, SubmitError> {
		self.0.lock().unwrap().remove(0)
	}
}

fn rejected() -> SubmitError {
	SubmissionError::Rejected {
		pallet: "Roles".into(),
		error: "AlreadyApplied".into(),
		next: String::new(),
		place: None,
		block: 1,
	}
	.into()
}

fn unknown() -> SubmitError {
	SubmissionError::Unknown {
		extrinsic: Default::default(),
		reason: String::new(),
	}
	.into()
}

fn unreachable() -> SubmitError {
	SubmissionError::Connection(ConnectionError::Broken(String::new())).into()
}

/// A proven case after these answers of the chain.
async fn after(answers: Vec<Result<u64, SubmitError>>) -> (World, CaseId) {
	let world = World::new().await;
	let (case, code) = world.applied(&Applicant::doctor(), NOW).await;
	world.registrar.prove(&case, &code, NOW).await.unwrap();
	let tries = answers.len();
	let chain = Told(Mutex::new(answers));
	for day in 0..tries as u64 {
		let now = NOW + day * DAY;
		let due = world.store().due_attestation(now).await.unwrap().unwrap();
		one(world.store(), &chain, &due, now).await.unwrap();
	}
	(world, case)
}

#[tokio::test]
async fn an_attestation_is_submitted_once() {
	let (world, id) = after(vec![Ok(12)]).await;
	let case = world.registrar.case(&id).await.unwrap();
	assert_eq!((case.state, case.block, case.error), (State::Submitted, Some(12), None));
	assert!(world.store().due_attestation(NOW + 100 * DAY).await.unwrap().is_none());
}

#[tokio::test]
async fn a_missing_call_or_node_is_waited_for() {
	let (world, id) = after(vec![Err(SubmitError::CallMissing), Err(unreachable()), Ok(3)]).await;
	let case = world.registrar.case(&id).await.unwrap();
	assert_eq!((case.state, case.error), (State::Submitted, None));

	let (world, id) = after(vec![Err(SubmitError::CallMissing)]).await;
	let case = world.registrar.case(&id).await.unwrap();
	assert_eq!(
		(case.state, case.error.as_deref()),
		(State::Proven, Some("CallMissing"))
	);
	assert!(world
		.store()
		.due_attestation(NOW + 59 * SECOND)
		.await
		.unwrap()
		.is_none());
	assert!(world
		.store()
		.due_attestation(NOW + 60 * SECOND)
		.await
		.unwrap()
		.is_some());
}

#[tokio::test]
async fn a_refusal_is_final_and_named() {
	// A node that was not reached leaves no doubt.
	for answers in [vec![Err(rejected())], vec![Err(unreachable()), Err(rejected())]] {
		let (world, id) = after(answers).await;
		let case = world.registrar.case(&id).await.unwrap();
		assert_eq!(
			(case.state, case.error.as_deref()),
			(State::Refused, Some("Roles.AlreadyApplied"))
		);
		assert!(world.store().due_attestation(NOW + 100 * DAY).await.unwrap().is_none());
	}
}

#[tokio::test]
async fn a_refusal_after_an_unknown_outcome_is_said_to_be_uncertain() {
	let (world, id) = after(vec![Err(unknown()), Err(rejected())]).await;
	assert_eq!(world.registrar.case(&id).await.unwrap().state, State::Uncertain);
}

#[tokio::test]
async fn a_process_that_died_while_submitting_leaves_doubt() {
	let world = World::new().await;
	let (case, code) = world.applied(&Applicant::doctor(), NOW).await;
	world.registrar.prove(&case, &code, NOW).await.unwrap();
	// Taken, and never heard of again.
	world.store().due_attestation(NOW + SECOND).await.unwrap().unwrap();
	let due = world.store().due_attestation(NOW + SECOND).await.unwrap().unwrap();
	let chain = Told(Mutex::new(vec![Err(rejected())]));
	one(world.store(), &chain, &due, NOW).await.unwrap();
	assert_eq!(world.registrar.case(&case).await.unwrap().state, State::Uncertain);
}
