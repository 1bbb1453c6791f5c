//! The SDK: everything the `salus` command does, as a library.

mod acceptance;
mod access;
mod account;
pub mod act_sentence;
mod acts;
pub mod alert;
mod application;
pub mod appointments;
mod attested;
mod batches;
mod binding_consent;
mod broker;
pub mod calls;
mod card;
mod client;
pub mod council;
mod data_dir;
mod device_claim;
mod device_key;
pub mod devices;
mod dicom;
mod dry_run;
mod emergency_card;
mod entries;
mod error;
mod event;
mod evidence;
mod fetch;
mod fhir;
pub mod fhir_appointment;
pub mod fhir_consent;
mod files;
mod general;
pub mod ics;
mod justification;
mod key_file;
mod kin;
mod known_chains;
mod lists;
mod lock;
mod merge;
#[cfg(test)]
mod mirrored;
mod offered_on_paper;
mod offers;
pub mod paper;
pub mod peers;
mod pins;
mod plaintext;
mod proof;
mod put;
mod readers;
mod reading_proof;
mod recovery;
mod registration;
mod rejections;
mod release;
mod salt;
mod sealing;
pub mod sentence;
mod standing;
mod storage_key;
mod subject;
mod submit;
pub mod telemetry;
mod threads;
mod trail;
mod transfers;
mod vault;
mod voucher;
mod watch;
pub mod words;

pub use acceptance::{Acceptance, AcceptanceFile};
pub use account::{Account, Identity, PatientKeys};
pub use acts::{Act, GuardianshipTerms, ProposedAct};
pub use application::{Application, ApplicationFile, Salts};
pub use attested::AttestedApplication;
pub use batches::{
	open_batches, put_batch, seal_batch, upload_batch, BatchUpload, OpenBatches, SealedBatch, StoredBatch,
};
pub use binding_consent::{consent_sentence, BindingConsentFile};
pub use broker::{broker_transport, BrokerError};
pub use card::{Card, CARD_LIFETIME};
pub(crate) use client::{innermost, not_found};
pub use client::{Actor, At, Client, ConnectOptions, IDS_OF_ONE_SEED};
pub use data_dir::DataDir;
pub use device_claim::{DeviceClaim, DeviceClaimFile};
pub use device_key::{create_device_key, device_of, open_device_key};
pub use dry_run::Preview;
pub use emergency_card::{EmergencyCard, MOST_HOSPITALS};
pub use error::*;
pub use event::EventView;
pub use evidence::Evidence;
pub use fetch::{Fetch, Fetched};
pub(crate) use files::{
	check_new, check_writable, publish_both, publish_new, read_json, remove, replace_private, write_json,
};
pub use justification::Justification;
pub use key_file::{create_key, import_polkadot_js, import_seed, open_key, KeyFacts};
pub use kin::why_not_in_force;
pub use known_chains::{ChainChange, KnownChains};
pub(crate) use lock::Lock;
pub use merge::{MergeAgreement, MergeAgreementFile};
pub use offered_on_paper::OfferedOnPaper;
pub use offers::Offered;
pub use paper::{Paper, PaperFile, WaitingPaper, Wish};
pub use pins::{KeyChange, Pins};
pub use plaintext::abandon_unfinished;
pub use proof::{verify as verify_proof, Proven};
pub use put::{Put, PutOutcome};
pub use readers::Reader;
pub use reading_proof::{check_batch, find_batch, ReadingProofFile};
pub use recovery::{ContactsCommitment, OpenedContacts, Recovery, RecoveryContacts, SignedVouch, Vouch, VouchFile};
pub use registration::Registration;
pub use rejections::{after_refusal, because, rule_name};
pub(crate) use salt::random_salt;
pub use storage_key::{
	anchor_key, binding_key, contacts_key, device_key, institution_key, key_loss_key, patient_key, record_key,
	recovery_key, recovery_round_key, time_key, trail_key,
};
pub use subject::{check as check_subject, guess_media, read_subjects, SubjectMemory};
pub use submit::Acknowledgement;
pub use trail::{verify as verify_trail, TrailEntry, VerifiedTrail, FRESHNESS};
pub(crate) use vault::tls::{client as http_client, is_loopback};
pub use vault::{Download, Payload, Progress, Upload, VaultClient};
pub use voucher::VoucherLetter;
pub use watch::{Availability, AvailabilityWatch, LONGEST_WATCHED};

/// Accounts, as everywhere in the SDK; shown as SS58.
pub type AccountId = subxt::utils::AccountId32;
/// Signatures of accounts.
pub type Signature = subxt::utils::MultiSignature;
/// 32-byte hashes.
pub type Hash = sp_core::H256;
