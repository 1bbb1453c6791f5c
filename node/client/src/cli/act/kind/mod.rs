//! The acts of two officers as subcommands, each with the options that it needs.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use salus_primitives::{Action, ActionSet, Addresses, Capacity, HpkeKey, Moment, PatientId, PeerIds, Terms, MAX_PEERS};

use super::{
	super::terms::TermsFlags,
	evidence::{EvidenceFlags, NewSalts},
};
use crate::sdk::{
	peers, words, Acceptance, AcceptanceFile, AccountId, Act, Error, FileError, GuardianshipTerms, Hash,
	MergeAgreementFile, Signature,
};

/// What an act is made from besides its options.
pub(crate) struct Place {
	/// The chain.
	pub(crate) genesis: Hash,
	/// Its time.
	pub(crate) now: Moment,
	/// The institution's admission terms.
	pub(crate) admission_terms: Terms,
}

/// Which act.
#[derive(Subcommand)]
pub(crate) enum Kind {
	/// Name who attests applications, instead of an earlier registrar
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 name-registrar --account 5Grw…\n\nIt is no officer: officers decide about what it attests."
	)]
	NameRegistrar(Account),
	/// Have no registrar: officers take applications themselves
	#[command(after_help = "Example:\n  salus --key officer.key act propose --institution 0 remove-registrar")]
	RemoveRegistrar,
	/// Add an officer
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 add-officer --account 5Grw…"
	)]
	AddOfficer(Account),
	/// Remove an officer, but never one of the last two
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 remove-officer --account 5Grw…"
	)]
	RemoveOfficer(Account),
	/// Announce the institution's next HPKE key
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 change-hpke-key --hpke 0x1f2e…\n\n24 hours after the announcement anybody puts it in force: salus institution apply-keys 0"
	)]
	ChangeHpkeKey {
		/// The key in hex: 32 bytes of X25519, or 1216 bytes of X-Wing
		#[arg(long, value_parser = hpke)]
		hpke: HpkeKey,
	},
	/// Announce the institution's next nodes, in place of all it has
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 change-nodes --peer 12D3Koo… \\\n    --address /dns/node.hospital.example/tcp/30333\n\n24 hours after the announcement anybody puts them in force: salus institution apply-keys 0"
	)]
	ChangeNodes(Nodes),
	/// Publish other admission terms: what is not named stays as it is
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 change-admission-terms \\\n    --action view,append --category laboratory,imaging\n\nVouchers that were made under the old terms are void."
	)]
	ChangeAdmissionTerms(Box<TermsFlags>),
	/// Change the validator's account, or have none
	#[command(
		after_help = "Examples:\n  salus --key officer.key act propose --institution 0 change-validator --account 5Grw…\n  salus --key officer.key act propose --institution 0 change-validator --none\n\nThe old account's session keys are purged. Refused while it validates."
	)]
	ChangeValidator(Validator),
	/// Register a patient without a device
	#[command(
		after_help = "Examples:\n  salus --key officer.key act propose --institution 0 register-on-paper --identified \\\n    --evidence-file seen.txt --salts salts.json\n  salus --key officer.key act propose --institution 0 register-on-paper --identified \\\n    --majority 2031-05 --evidence-file seen.txt --salts salts.json"
	)]
	RegisterOnPaper(OnPaper),
	/// Note that it is known who an unidentified patient is
	#[command(
		after_help = "Examples:\n  salus --key officer.key act propose --institution 0 identify --patient 7 \\\n    --evidence-file seen.txt --salts salts.json\n  salus --key officer.key act propose --institution 0 identify --patient 7 \\\n    --majority 2031-05 --evidence-file seen.txt --salts salts.json"
	)]
	Identify {
		/// The patient
		#[arg(long)]
		patient: PatientId,
		/// For a minor: the month in which she comes of age, such as 2031-05; her guardianships end with it
		#[arg(long, value_parser = words::month, value_name = "MONTH")]
		majority: Option<Moment>,
		#[command(flatten)]
		evidence: EvidenceFlags,
	},
	/// Hand a patient on paper her id: her own account signs for her from now on
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 claim --patient 7 \\\n    --acceptance acceptance.json\n\nShe makes the file: salus accept controller"
	)]
	Claim {
		/// The patient
		#[arg(long)]
		patient: PatientId,
		/// The file in which she accepts
		#[arg(long, value_name = "FILE")]
		acceptance: PathBuf,
	},
	/// Merge one id into another of the same person, who agrees by the key of each that has one
	#[command(
		after_help = "Examples:\n  salus --key officer.key act propose --institution 0 merge --from 8 --into 7\n  salus --key officer.key act propose --institution 0 merge --from 8 --into 7 --into-agreement agreement.json\n\nShe makes the files: salus accept merge"
	)]
	Merge(Merge),
	/// Take a merge back, within 30 days
	#[command(after_help = "Example:\n  salus --key officer.key act propose --institution 0 unmerge --from 8")]
	Unmerge {
		/// The id that was closed
		#[arg(long)]
		from: PatientId,
	},
	/// Note a patient's death
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 note-death --patient 7 \\\n    --at 2026-11-21T08:30:00Z"
	)]
	NoteDeath {
		/// The patient
		#[arg(long)]
		patient: PatientId,
		/// When she died; a day means its first moment, and what she gave later than this does not outlive her
		#[arg(long, value_parser = words::moment)]
		at: Moment,
	},
	/// Take back that a patient died, as it was noted in error
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 retract-death --patient 7"
	)]
	RetractDeath {
		/// The patient
		#[arg(long)]
		patient: PatientId,
	},
	/// Give a patient a guardian, or an executor to one who died
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 give-guardian --patient 7 \\\n    --acceptance acceptance.json --action view --consents --until 2031-05 \\\n    --evidence-file seen.txt --salts salts.json\n\nThe guardian makes the acceptance: salus accept guardian"
	)]
	GiveGuardian(Guardian),
	/// End a guardianship
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 end-guardian --patient 7 --guardian 5Grw…"
	)]
	EndGuardian(Ward),
	/// Suspend a guardianship that a patient without a device contests at the desk, until the council decides
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 contest-guardian --patient 7 --guardian 5Grw…"
	)]
	ContestGuardian(Ward),
	/// Begin the recovery of a patient's lost key, for the council to decide
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 begin-recovery --patient 7 \\\n    --lost-at 2026-11-20 --acceptance acceptance.json --evidence-file seen.txt --salts salts.json\n\nShe makes the acceptance with her new key: salus accept controller"
	)]
	BeginRecovery {
		/// The patient
		#[arg(long)]
		patient: PatientId,
		/// The file in which she accepts, by her new key
		#[arg(long, value_name = "FILE")]
		acceptance: PathBuf,
		/// Since when she has not had her key, as she says: what was granted since is suspended
		#[arg(long, value_parser = words::moment, value_name = "DATE")]
		lost_at: Moment,
		#[command(flatten)]
		evidence: EvidenceFlags,
	},
	/// Enter a caregiver whom a patient without a device names at the desk
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 name-caregiver --patient 7 \\\n    --acceptance acceptance.json\n\nThe caregiver makes the file: salus accept caregiver"
	)]
	NameCaregiver {
		/// The patient
		#[arg(long)]
		patient: PatientId,
		/// The file in which the caregiver accepts
		#[arg(long, value_name = "FILE")]
		acceptance: PathBuf,
	},
	/// End a caregiver's part, as a patient without a device wants at the desk
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 remove-caregiver --patient 7 --caregiver 5Grw…"
	)]
	RemoveCaregiver {
		/// The patient
		#[arg(long)]
		patient: PatientId,
		/// The caregiver's account
		#[arg(long, value_parser = words::account)]
		caregiver: AccountId,
	},
	/// Reinstate a suspended credential, after a violation too
	#[command(
		after_help = "Example:\n  salus --key officer.key act propose --institution 0 reinstate-credential --account 5Grw…\n\nNeither officer decides about her own. Where no violation was found one officer is enough: salus credential reinstate"
	)]
	ReinstateCredential(Account),
}

/// Whom an act is about.
#[derive(Args)]
pub(crate) struct Account {
	/// The account
	#[arg(long, value_parser = words::account)]
	account: AccountId,
}

/// An institution's nodes.
#[derive(Args)]
#[group(required = true, multiple = true)]
pub(crate) struct Nodes {
	/// A node's peer id, up to four times
	#[arg(long = "peer", value_parser = peers::peer, value_name = "PEER ID", conflicts_with = "none")]
	peers: Vec<Bytes>,
	/// A node's address, up to four times
	#[arg(long = "address", value_parser = peers::address, value_name = "MULTIADDR", conflicts_with = "none")]
	addresses: Vec<Bytes>,
	/// The institution has no nodes
	#[arg(long)]
	none: bool,
}

/// One value of an option, where clap would read a list of numbers.
type Bytes = Vec<u8>;

/// The validator's account.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Validator {
	/// The new validator's account
	#[arg(long, value_parser = words::account)]
	account: Option<AccountId>,
	/// The institution has no validator
	#[arg(long)]
	none: bool,
}

/// A patient on paper.
#[derive(Args)]
pub(crate) struct OnPaper {
	#[command(flatten)]
	known: Known,
	/// For a minor: the month in which she comes of age, such as 2031-05
	#[arg(long, value_parser = words::month, value_name = "MONTH")]
	majority: Option<Moment>,
	#[command(flatten)]
	evidence: EvidenceFlags,
}

/// Whether it is known who she is.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Known {
	/// It is known who she is
	#[arg(long)]
	identified: bool,
	/// It is not known who she is
	#[arg(long)]
	unidentified: bool,
}

/// Two ids of one person.
#[derive(Args)]
pub(crate) struct Merge {
	/// The id that is closed
	#[arg(long)]
	from: PatientId,
	/// The id that stays
	#[arg(long)]
	into: PatientId,
	/// What she signed by the key of the id that is closed, where it has one
	#[arg(long, value_name = "FILE")]
	from_agreement: Option<PathBuf>,
	/// What she signed by the key of the id that stays, where it has one
	#[arg(long, value_name = "FILE")]
	into_agreement: Option<PathBuf>,
}

/// A guardianship.
#[derive(Args)]
pub(crate) struct Guardian {
	/// The patient
	#[arg(long)]
	patient: PatientId,
	/// The file in which the guardian accepts
	#[arg(long, value_name = "FILE")]
	acceptance: PathBuf,
	/// An executor, for a patient who died
	#[arg(long)]
	executor: bool,
	/// What she may do with the patient's documents: view, append, amend, share
	#[arg(long = "action", value_delimiter = ',', value_parser = words::word::<Action>)]
	actions: Vec<Action>,
	/// She may grant, deny and revoke in the patient's place
	#[arg(long)]
	consents: bool,
	/// Until before this month, such as 2031-05; for a minor no later than her majority
	#[arg(long, value_parser = words::month, value_name = "MONTH")]
	until: Moment,
	#[command(flatten)]
	evidence: EvidenceFlags,
}

/// A patient and her guardian.
#[derive(Args)]
pub(crate) struct Ward {
	/// The patient
	#[arg(long)]
	patient: PatientId,
	/// The guardian's account
	#[arg(long, value_parser = words::account)]
	guardian: AccountId,
}

impl Kind {
	/// The act, and the salt file that is to be written with it.
	pub(crate) fn act(self, place: &Place) -> Result<(Act, Option<NewSalts>), Error> {
		let act = match self {
			Self::NameRegistrar(Account { account }) => Act::NameRegistrar(account),
			Self::RemoveRegistrar => Act::RemoveRegistrar,
			Self::AddOfficer(Account { account }) => Act::AddOfficer(account),
			Self::RemoveOfficer(Account { account }) => Act::RemoveOfficer(account),
			Self::ChangeHpkeKey { hpke } => Act::ChangeHpkeKey(hpke),
			Self::ChangeNodes(nodes) => nodes.act()?,
			Self::ChangeAdmissionTerms(flags) => {
				Act::ChangeAdmissionTerms(flags.narrow(place.admission_terms.clone(), place.now)?)
			}
			Self::ChangeValidator(Validator { account, .. }) => Act::ChangeValidator(account),
			Self::RegisterOnPaper(paper) => {
				let (evidence, salts) = paper.evidence.commitment()?;
				let act = Act::RegisterOnPaper {
					evidence,
					identified: paper.known.identified,
					majority: paper.majority,
				};
				return Ok((act, salts));
			}
			Self::Identify {
				patient,
				majority,
				evidence,
			} => {
				let (evidence, salts) = evidence.commitment()?;
				let act = Act::Identify {
					patient,
					evidence,
					majority,
				};
				return Ok((act, salts));
			}
			Self::Claim { patient, acceptance } => {
				let (acceptance, signature) = accepted(&acceptance, place, patient, Capacity::Controller)?;
				let (controller, hpke) = acceptance.into_controller()?;
				Act::Claim {
					patient,
					controller,
					hpke,
					signature,
				}
			}
			Self::Merge(merge) => merge.act(place)?,
			Self::Unmerge { from } => Act::Unmerge { from },
			Self::NoteDeath { patient, at } => Act::NoteDeath { patient, at },
			Self::RetractDeath { patient } => Act::RetractDeath { patient },
			Self::GiveGuardian(guardian) => return guardian.act(place),
			Self::EndGuardian(Ward { patient, guardian }) => Act::EndGuardian { patient, guardian },
			Self::ContestGuardian(Ward { patient, guardian }) => Act::ContestGuardian { patient, guardian },
			Self::BeginRecovery {
				patient,
				acceptance,
				lost_at,
				evidence,
			} => {
				let (acceptance, signature) = accepted(&acceptance, place, patient, Capacity::Controller)?;
				let (controller, hpke) = acceptance.into_controller()?;
				let (evidence, salts) = evidence.commitment()?;
				let act = Act::BeginRecovery {
					patient,
					controller,
					hpke,
					evidence,
					lost_at,
					signature,
				};
				return Ok((act, salts));
			}
			Self::NameCaregiver { patient, acceptance } => {
				let (acceptance, signature) = accepted(&acceptance, place, patient, Capacity::Caregiver)?;
				Act::NameCaregiver {
					patient,
					caregiver: acceptance.account,
					signature,
				}
			}
			Self::RemoveCaregiver { patient, caregiver } => Act::RemoveCaregiver { patient, caregiver },
			Self::ReinstateCredential(Account { account }) => Act::ReinstateCredential(account),
		};
		Ok((act, None))
	}
}

impl Nodes {
	fn act(self) -> Result<Act, Error> {
		let too_many = || {
			Error::Usage(format!(
				"an institution has at most {MAX_PEERS} peers and {MAX_PEERS} addresses"
			))
		};
		let too_long = |_| Error::Usage("a peer id has at most 64 bytes, an address 128".into());
		let mut peer_ids = PeerIds::new();
		for id in self.peers {
			peer_ids
				.try_push(id.try_into().map_err(too_long)?)
				.map_err(|_| too_many())?;
		}
		let mut addresses = Addresses::new();
		for address in self.addresses {
			addresses
				.try_push(address.try_into().map_err(too_long)?)
				.map_err(|_| too_many())?;
		}
		Ok(Act::ChangeNodes { peer_ids, addresses })
	}
}

impl Merge {
	/// Both keys signed the same time, or the chain could not verify one of them.
	fn act(self, place: &Place) -> Result<Act, Error> {
		let Self { from, into, .. } = self;
		let agreed = |file: Option<PathBuf>, patient| {
			let read = |file: PathBuf| {
				let text = std::fs::read_to_string(&file).map_err(FileError::at(&file))?;
				let read = MergeAgreementFile::read(&text, &place.genesis, (from, into), patient, place.now)?;
				Ok::<_, Error>(read)
			};
			file.map(read).transpose()
		};
		let ending = agreed(self.from_agreement, from)?;
		let staying = agreed(self.into_agreement, into)?;
		// Nothing holds until any time where nobody signed.
		let not_after = match [&ending, &staying].map(|agreed| agreed.as_ref().map(|(signed, _)| signed.not_after)) {
			[Some(one), Some(other)] if one != other => {
				return Err(Error::Usage(
					"the two agreements hold until different times; have both signed with the same --until: salus accept merge"
						.into(),
				))
			}
			[one, other] => one.or(other).unwrap_or_default(),
		};
		Ok(Act::Merge {
			from,
			into,
			not_after,
			from_signature: ending.map(|(_, signature)| signature),
			into_signature: staying.map(|(_, signature)| signature),
		})
	}
}

impl Guardian {
	fn act(self, place: &Place) -> Result<(Act, Option<NewSalts>), Error> {
		let capacity = if self.executor {
			Capacity::Executor
		} else {
			Capacity::Guardian
		};
		let (acceptance, signature) = accepted(&self.acceptance, place, self.patient, capacity)?;
		let (evidence, salts) = self.evidence.commitment()?;
		let terms = GuardianshipTerms {
			guardian: acceptance.account,
			executor: self.executor,
			actions: self.actions.into_iter().collect::<ActionSet>(),
			consents: self.consents,
			ends: self.until,
			evidence,
		};
		let act = Act::GiveGuardian {
			patient: self.patient,
			terms,
			signature,
		};
		Ok((act, salts))
	}
}

fn accepted(
	file: &Path,
	place: &Place,
	patient: PatientId,
	capacity: Capacity,
) -> Result<(Acceptance, Signature), Error> {
	let text = std::fs::read_to_string(file).map_err(FileError::at(file))?;
	Ok(AcceptanceFile::read(&text, &place.genesis, patient, capacity)?)
}

/// A public key of one of the two kinds, which their lengths tell apart.
fn hpke(text: &str) -> Result<HpkeKey, String> {
	let wrong = || "no HPKE key; give 32 bytes of X25519 or 1216 bytes of X-Wing, in hex".to_string();
	let bytes = words::hex_bytes(text).map_err(|_| wrong())?;
	if let Ok(key) = <[u8; 32]>::try_from(bytes.as_slice()) {
		return Ok(HpkeKey::X25519(key));
	}
	let key = (bytes.len() == 1_216).then(|| bytes.try_into().ok()).flatten();
	key.map(HpkeKey::XWing).ok_or_else(wrong)
}

#[cfg(test)]
mod tests;
