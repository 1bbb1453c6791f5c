//! The council's motions: what waits for its votes, and what each would do.

use codec::{Decode, Encode};
use serde_json::Value;
use subxt::{
	ext::{scale_decode::DecodeAsType, scale_value::scale::decode_as_type},
	Metadata,
};

use super::{
	client::broken,
	event::json,
	rejections::explain,
	sentence::time,
	storage_key::{council_members_key, motion_key, motions_key, votes_key},
	words, AccountId, Acknowledgement, Client, ConnectionError, Error, Hash, SubmissionError,
};
use crate::api::{
	self,
	runtime_types::{
		pallet_consent::pallet::Call as Consent, pallet_consortium::pallet::Call as Consortium,
		pallet_roles::pallet::Call as Roles, salus_runtime::RuntimeCall, sp_weights::weight_v2::Weight,
	},
};

/// A bound on the encoded length of a motion's call: an institution's entry, the longest, is well below it.
pub const MOTION_LENGTH: u32 = 16 * 1_024;

/// A motion of the council.
#[derive(Debug)]
pub struct Motion {
	/// Its hash.
	pub hash: Hash,
	/// Its number, which stays the same.
	pub index: u32,
	/// How many ayes carry it.
	pub threshold: u32,
	/// Who voted for it.
	pub ayes: Vec<AccountId>,
	/// Who voted against it.
	pub nays: Vec<AccountId>,
	/// The block after which silence counts as a no.
	pub end: u32,
	/// What it does, as one sentence.
	pub sentence: String,
	/// The same, field by field.
	pub call: Value,
	/// The length of its call.
	pub length: u32,
}

/// What the chain keeps of the votes on a motion.
#[derive(Decode, Encode)]
struct Votes {
	index: u32,
	threshold: u32,
	ayes: Vec<AccountId>,
	nays: Vec<AccountId>,
	end: u32,
}

impl Client {
	/// How many ayes are two thirds of the council.
	///
	/// # Errors
	/// The kinds of `ProofError`
	pub async fn two_thirds(&self) -> Result<u32, Error> {
		let members = self.proven::<Vec<AccountId>>("council", &council_members_key()).await?;
		Ok(two_thirds(members.value.unwrap_or_default().len()))
	}

	/// The motions that wait, oldest first, as the state of the finalised head proves them.
	///
	/// # Errors
	/// The kinds of `ProofError`
	pub async fn motions(&self) -> Result<Vec<Motion>, Error> {
		let at = self.finalised().await?;
		let hashes = self.proven::<Vec<Hash>>("motions", &motions_key()).await?;
		let mut motions = Vec::new();
		for hash in hashes.value.unwrap_or_default() {
			let votes = self.proven::<Votes>("votes", &votes_key(&hash)).await?.value;
			let call = self.proven::<Whole>("motion", &motion_key(&hash)).await?.value;
			// One that was closed since has neither.
			if let (Some(votes), Some(Whole(call))) = (votes, call) {
				motions.push(motion(hash, votes, &call, at.metadata_ref())?);
			}
		}
		Ok(motions)
	}

	/// What a motion's call may weigh at most.
	///
	/// # Errors
	/// `Broken`
	pub async fn motion_weight(&self) -> Result<Weight, ConnectionError> {
		let address = api::constants().council().max_proposal_weight();
		self.finalised().await?.constants().entry(address).map_err(broken)
	}

	/// What became of a motion that was carried out: nothing was changed by a call that failed.
	///
	/// # Errors
	/// `Rejected` with the pallet's error, `Failed`
	pub async fn carried_out(&self, closed: &Acknowledgement) -> Result<(), Error> {
		let executed = closed.events.iter().find(|event| event.name == "Executed");
		let Some(error) = executed.and_then(|event| event.fields.get("result")?.get("Err")) else {
			return Ok(());
		};
		let at = self.finalised().await?;
		Err(failure(error, closed.block, at.metadata_ref()).into())
	}
}

/// Bytes that are read later, as the metadata describes them.
struct Whole(Vec<u8>);

impl Decode for Whole {
	fn decode<I: codec::Input>(input: &mut I) -> Result<Self, codec::Error> {
		let mut bytes = vec![0; input.remaining_len()?.unwrap_or_default()];
		input.read(&mut bytes)?;
		Ok(Self(bytes))
	}
}

fn two_thirds(members: usize) -> u32 {
	let ayes = members.saturating_mul(2).div_ceil(3);
	u32::try_from(ayes).unwrap_or(u32::MAX)
}

fn motion(hash: Hash, votes: Votes, call: &[u8], metadata: &Metadata) -> Result<Motion, Error> {
	let unreadable = |reason: String| ConnectionError::Unreadable {
		what: "Council.ProposalOf".into(),
		reason,
	};
	let ty = metadata.outer_enums().call_enum_ty();
	let read = RuntimeCall::decode_as_type(&mut &*call, ty, metadata.types())
		.map_err(|error| unreadable(error.to_string()))?;
	let shown = decode_as_type(&mut &*call, ty, metadata.types()).map_err(|error| unreadable(error.to_string()))?;
	let shown = json(&shown, metadata.types());
	Ok(Motion {
		hash,
		index: votes.index,
		threshold: votes.threshold,
		ayes: votes.ayes,
		nays: votes.nays,
		end: votes.end,
		sentence: clause(&read).unwrap_or_else(|| format!("the chain carries out {shown}")),
		call: shown,
		length: u32::try_from(call.len()).unwrap_or(u32::MAX),
	})
}

/// The error of a call that the council carried, by its pallet's words.
fn failure(error: &Value, block: u64, metadata: &Metadata) -> SubmissionError {
	let named = || {
		let module = error.get("Module")?;
		let index = u8::try_from(module.get("index")?.as_u64()?).ok()?;
		let code = words::hex_bytes(module.get("error")?.as_str()?).ok()?;
		let pallet = metadata.pallet_by_error_index(index)?;
		let variant = pallet.error_variant_by_index(*code.first()?)?;
		Some(SubmissionError::Rejected {
			pallet: pallet.name().to_string(),
			error: variant.name.clone(),
			next: explain(pallet.name(), &variant.name, &variant.docs),
			place: code.get(1).copied().filter(|_| variant.fields.len() == 1),
			block,
		})
	};
	named().unwrap_or_else(|| SubmissionError::Failed {
		reason: error.to_string(),
		block,
	})
}

/// What a call of the council does; none for one that this client does not put to it.
pub fn clause(call: &RuntimeCall) -> Option<String> {
	Some(match call {
		RuntimeCall::Roles(call) => match call {
			Roles::suspend_institution { institution } => {
				format!("institution {institution} is suspended: no officer and no credential of it counts")
			}
			Roles::reinstate_institution { institution } => format!("institution {institution} is reinstated"),
			Roles::revoke_institution { institution } => format!(
				"institution {institution} is revoked for ever: no officer and no credential of it counts again, and it has no seat"
			),
			Roles::change_seat { institution, seat } => {
				format!("account {seat} sits on the council for institution {institution}, in place of its account until now")
			}
			Roles::decide_death { patient, upheld } => {
				let decided = if *upheld { "is upheld" } else { "is taken back" };
				format!("the contested note of patient {patient}'s death {decided}")
			}
			Roles::replace_officer {
				institution,
				officer,
				successor,
			} => format!(
				"account {successor} takes the place of account {officer} as an officer of institution {institution}"
			),
			Roles::decide_guardian {
				patient,
				guardian,
				upheld,
			} => {
				let decided = if *upheld { "is upheld" } else { "ends" };
				format!("the contested guardianship of account {guardian} for patient {patient} {decided}")
			}
			Roles::decide_recovery { patient, complete } => {
				if *complete {
					format!("the recovery of patient {patient}'s key is completed: the new account signs for her, and the old one never comes back")
				} else {
					format!("the recovery of patient {patient}'s key is refused")
				}
			}
			_ => return None,
		},
		RuntimeCall::Consent(call) => match call {
			Consent::judge_case { patient, case, verdict } => format!(
				"emergency case {case} of patient {patient} is judged: {}",
				words::hyphenated(verdict.name())
			),
			Consent::set_emergency_limits { institution, limits } => format!(
				"emergency cases of institution {institution} need {} approvals, and it may open {} in a day",
				limits.approvals, limits.cases_a_day
			),
			Consent::declare_incident { institution, ends_at } => format!(
				"an incident is declared at institution {institution} until {}: its emergency cases need no approval",
				time(*ends_at)
			),
			Consent::end_incident { institution } => format!("the incident at institution {institution} is over"),
			_ => return None,
		},
		RuntimeCall::Consortium(call) => match call {
			Consortium::authorise_upgrade { code_hash } => format!(
				"the chain may be upgraded to the runtime whose code hashes to {}",
				words::hex(code_hash)
			),
			Consortium::add_validator { institution } => format!("institution {institution}'s validator is added"),
			Consortium::remove_validator { institution } => {
				format!("institution {institution}'s validator is struck out")
			}
			Consortium::reinstate_validator { institution } => {
				format!("institution {institution}'s validator, which offended, is pardoned")
			}
			_ => return None,
		},
		_ => return None,
	})
}

#[cfg(test)]
mod tests {
	#![allow(clippy::unwrap_used)]
	use super::*;
	use serde_json::json;
	use subxt::ext::scale_encode::EncodeAsType;

	fn metadata() -> Metadata {
		Metadata::decode(&mut include_bytes!("../../metadata.scale").as_slice()).unwrap()
	}

	#[test]
	fn two_thirds_are_never_less() {
		for (members, ayes) in [(0, 0), (1, 1), (2, 2), (3, 2), (4, 3), (5, 4), (6, 4)] {
			assert_eq!(two_thirds(members), ayes, "{members}");
		}
	}

	#[test]
	fn a_motion_is_read_as_it_was_put() {
		let metadata = metadata();
		let call = RuntimeCall::Roles(Roles::decide_recovery {
			patient: 7,
			complete: false,
		});
		let ty = metadata.outer_enums().call_enum_ty();
		let bytes = call.encode_as_type(ty, metadata.types()).unwrap();
		let votes = || Votes {
			index: 3,
			threshold: 2,
			ayes: vec![],
			nays: vec![],
			end: 9,
		};
		let read = motion(Hash::zero(), votes(), &bytes, &metadata).unwrap();
		assert_eq!(read.sentence, "the recovery of patient 7's key is refused");
		assert_eq!((read.index, read.length as usize), (3, bytes.len()));
		assert!(read.call.to_string().contains("decide_recovery"), "{}", read.call);
		assert!(motion(Hash::zero(), votes(), &[255], &metadata).is_err());
	}

	#[test]
	fn what_is_decided_of_seats_institutions_and_deaths_is_told() {
		let seat = AccountId::from([1; 32]);
		for (call, wanted) in [
			(
				Roles::revoke_institution { institution: 2 },
				"institution 2 is revoked for ever",
			),
			(
				Roles::decide_death {
					patient: 7,
					upheld: true,
				},
				"patient 7's death is upheld",
			),
			(
				Roles::decide_death {
					patient: 7,
					upheld: false,
				},
				"patient 7's death is taken back",
			),
			(
				Roles::change_seat { institution: 2, seat },
				"sits on the council for institution 2",
			),
		] {
			let told = clause(&RuntimeCall::Roles(call)).unwrap();
			assert!(told.contains(wanted), "{told}");
		}
	}

	#[test]
	fn what_a_carried_motion_failed_with_is_told_in_the_pallets_words() {
		let metadata = metadata();
		let pallet = metadata.pallet_by_name("Roles").unwrap();
		let (code, variant) = (0u8, pallet.error_variant_by_index(0).unwrap());
		let error = json!({ "Module": { "index": pallet.error_index(), "error": words::hex([code, 0, 0, 0]) } });
		let told = Error::from(failure(&error, 5, &metadata));
		assert_eq!(told.name(), format!("Roles.{}", variant.name));
		let other = Error::from(failure(&json!("BadOrigin"), 5, &metadata));
		assert!(other.to_string().contains("BadOrigin"), "{other}");
	}
}
