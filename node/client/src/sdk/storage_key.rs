//! Keys of the storage entries that are read with a proof.

use codec::Encode;
use salus_primitives::{AnchorId, BindingId, DeviceKey, InstitutionId, PatientId, RecordId};
use sp_io::hashing::{blake2_128, twox_128, twox_64};

use super::Hash;

/// `Roles.Institutions[id]`.
pub fn institution_key(id: InstitutionId) -> Vec<u8> {
	twox_64_concat("Roles", "Institutions", &id)
}

/// `Roles.Patients[id]`.
pub fn patient_key(id: PatientId) -> Vec<u8> {
	twox_64_concat("Roles", "Patients", &id)
}

/// `Roles.Recoveries[patient]`.
pub fn recovery_key(patient: PatientId) -> Vec<u8> {
	twox_64_concat("Roles", "Recoveries", &patient)
}

/// `Roles.KeyLosses[patient]`.
pub fn key_loss_key(patient: PatientId) -> Vec<u8> {
	twox_64_concat("Roles", "KeyLosses", &patient)
}

/// `Roles.RecoveryRounds[patient]`.
pub fn recovery_round_key(patient: PatientId) -> Vec<u8> {
	twox_64_concat("Roles", "RecoveryRounds", &patient)
}

/// `Roles.ContactsOf[patient]`.
pub fn contacts_key(patient: PatientId) -> Vec<u8> {
	twox_64_concat("Roles", "ContactsOf", &patient)
}

/// `Roles.ProposedActs[institution]`.
pub fn proposed_acts_key(institution: InstitutionId) -> Vec<u8> {
	twox_64_concat("Roles", "ProposedActs", &institution)
}

/// Where the keys of `Roles.Applications` begin.
pub fn applications_prefix() -> Vec<u8> {
	item("Roles", "Applications")
}

/// Where the keys of `Consent.Papers[patient]` begin.
pub fn papers_prefix(patient: PatientId) -> Vec<u8> {
	twox_64_concat("Consent", "Papers", &patient)
}

/// Where the keys of `Telemetry.Devices` begin.
pub fn devices_prefix() -> Vec<u8> {
	item("Telemetry", "Devices")
}

/// `Telemetry.Devices[device]`.
pub fn device_key(device: &DeviceKey) -> Vec<u8> {
	[devices_prefix().as_slice(), &blake2_128(device), device].concat()
}

/// `Telemetry.Bindings[id]`.
pub fn binding_key(id: BindingId) -> Vec<u8> {
	[item("Telemetry", "Bindings").as_slice(), &id.encode()].concat()
}

/// `Telemetry.Anchors[id]`.
pub fn anchor_key(id: AnchorId) -> Vec<u8> {
	[item("Telemetry", "Anchors").as_slice(), &id.encode()].concat()
}

/// `Records.Records[id]`.
pub fn record_key(id: RecordId) -> Vec<u8> {
	[item("Records", "Records").as_slice(), &id.encode()].concat()
}

/// `Records.Trail[patient]`.
pub fn trail_key(patient: PatientId) -> Vec<u8> {
	twox_64_concat("Records", "Trail", &patient)
}

/// `Council.Members`.
pub fn council_members_key() -> Vec<u8> {
	item("Council", "Members")
}

/// `Council.Proposals`.
pub fn motions_key() -> Vec<u8> {
	item("Council", "Proposals")
}

/// `Council.ProposalOf[motion]`.
pub fn motion_key(motion: &Hash) -> Vec<u8> {
	[item("Council", "ProposalOf").as_slice(), &motion.0].concat()
}

/// `Council.Voting[motion]`.
pub fn votes_key(motion: &Hash) -> Vec<u8> {
	[item("Council", "Voting").as_slice(), &motion.0].concat()
}

/// Where the keys of `Appointments.Waiting` begin.
pub fn waiting_prefix() -> Vec<u8> {
	item("Appointments", "Waiting")
}

/// `Timestamp.Now`.
pub fn time_key() -> Vec<u8> {
	item("Timestamp", "Now")
}

/// Where the keys of a storage item begin.
fn item(pallet: &str, entry: &str) -> Vec<u8> {
	[twox_128(pallet.as_bytes()), twox_128(entry.as_bytes())].concat()
}

fn twox_64_concat(pallet: &str, entry: &str, key: &impl Encode) -> Vec<u8> {
	let key = key.encode();
	[item(pallet, entry).as_slice(), &twox_64(&key), &key].concat()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn keys_end_in_the_plain_id() {
		let key = patient_key(7);
		assert_eq!(key.len(), 16 + 16 + 8 + 8);
		assert!(key.ends_with(&7u64.to_le_bytes()));
		assert!(institution_key(1).starts_with(&twox_128(b"Roles")));
		assert_ne!(record_key(7), trail_key(7));
	}

	#[test]
	fn a_records_key_is_its_id_and_nothing_else() {
		assert_eq!(record_key(7), [item("Records", "Records"), 7u64.encode()].concat());
		assert_eq!(anchor_key(7), [item("Telemetry", "Anchors"), 7u64.encode()].concat());
		assert_eq!(binding_key(7), [item("Telemetry", "Bindings"), 7u64.encode()].concat());
	}

	#[test]
	fn a_device_s_key_ends_in_its_own() {
		let key = device_key(&[7; 32]);
		assert_eq!(key.len(), 16 + 16 + 16 + 32);
		assert!(key.ends_with(&[7; 32]));
	}
}
