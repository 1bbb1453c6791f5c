//! Calendars, appointments, waiting lists and tele-consultations.

use std::sync::Arc;

use jsonrpsee::{
	core::{async_trait, server::SubscriptionCloseResponse},
	proc_macros::rpc,
	PendingSubscriptionSink,
};
use pallet_appointments_runtime_api::AppointmentsApi;
use salus_primitives::{PatientId, Period, DAY, MAX_DAYS_ASKED};
use serde::Deserialize;
use sp_api::ProvideRuntimeApi;
use sp_blockchain::HeaderBackend;
use sp_core::H256;
use sp_runtime::traits::{Block as BlockT, Header as HeaderT};

use crate::{
	availability::{Finality, Watch, Watches, MAX_DAYS_WATCHED},
	chain::Chain,
	input::{limit, Input},
	page::{List, Page},
	view::{Account, AppointmentView, ConsultationView, Int, SlotView, WishView},
	AccountId, RpcError,
};

/// Calendars, appointments, waiting lists and tele-consultations.
#[rpc(server)]
pub trait AppointmentsRpc {
	/// A practitioner's slots that have a moment of a period, in the order of time. Holds that have lapsed are free.
	#[method(name = "appointments_availability", blocking)]
	fn availability(
		&self,
		practitioner: Input,
		from: Input,
		to: Input,
		cursor: Option<Input>,
		limit: Option<Input>,
		at: Option<Input>,
	) -> Result<Page<SlotView>, RpcError>;

	/// An appointment; null where there is none of this id.
	#[method(name = "appointments_get", blocking)]
	fn get(&self, id: Input, at: Option<Input>) -> Result<Option<AppointmentView>, RpcError>;

	/// A patient's appointments, newest first; or those that have slots of a practitioner in a period, in the order of
	/// time.
	#[method(name = "appointments_list", blocking)]
	fn list(
		&self,
		of: Input,
		cursor: Option<Input>,
		limit: Option<Input>,
		at: Option<Input>,
	) -> Result<Page<AppointmentView>, RpcError>;

	/// Who waits for a practitioner, in the order in which they are offered what becomes free.
	#[method(name = "appointments_waiting", blocking)]
	fn waiting(&self, practitioner: Input, at: Option<Input>) -> Result<Vec<WishView>, RpcError>;

	/// The log of an appointment's tele-consultation; null where nobody has joined.
	#[method(name = "appointments_consultation", blocking)]
	fn consultation(&self, id: Input, at: Option<Input>) -> Result<Option<ConsultationView>, RpcError>;

	/// A practitioner's slots in a period, now and whenever a finalised block has them otherwise.
	#[subscription(
		name = "appointments_subscribeAvailability" => "appointments_availabilityChanged",
		unsubscribe = "appointments_unsubscribeAvailability",
		item = crate::view::AvailabilityView
	)]
	async fn subscribe_availability(
		&self,
		practitioner: Input,
		from: Input,
		to: Input,
		cursor: Option<Input>,
	) -> SubscriptionCloseResponse;
}

/// Answers from the runtime.
pub struct Appointments<Client, Block> {
	chain: Arc<Chain<Client, Block>>,
	watches: Watches,
}

impl<Client, Block> Appointments<Client, Block>
where
	Block: BlockT<Hash = H256>,
	Client: HeaderBackend<Block> + ProvideRuntimeApi<Block>,
{
	/// Answers from this client's runtime, and tells subscribers as finality moves on.
	pub fn new(client: Arc<Client>, finality: Finality) -> Self {
		Self {
			chain: Arc::new(Chain::new(client)),
			watches: Watches::new(finality),
		}
	}
}

#[async_trait]
impl<Client, Block> AppointmentsRpcServer for Appointments<Client, Block>
where
	Block: BlockT<Hash = H256>,
	Block::Header: HeaderT<Number = u32>,
	Client: HeaderBackend<Block> + ProvideRuntimeApi<Block> + Send + Sync + 'static,
	Client::Api: AppointmentsApi<Block, AccountId>,
{
	fn availability(
		&self,
		practitioner: Input,
		from: Input,
		to: Input,
		cursor: Option<Input>,
		items: Option<Input>,
		at: Option<Input>,
	) -> Result<Page<SlotView>, RpcError> {
		let practitioner = practitioner.account("practitioner")?;
		let period = rest(List::Availability, period(&from, &to, MAX_DAYS_ASKED)?, &cursor)?;
		let most = limit(&items)?;
		let slots = self
			.chain
			.ask(&at, |api, at| api.availability(at, practitioner, period))?;
		let (slots, next) = first(List::Availability, slots, most, |slot| slot.period);
		Ok(Page {
			items: slots.into_iter().map(Into::into).collect(),
			next,
		})
	}

	fn get(&self, id: Input, at: Option<Input>) -> Result<Option<AppointmentView>, RpcError> {
		let id = id.integer("id")?;
		let appointment = self.chain.ask(&at, |api, at| api.appointment(at, id))?;
		Ok(appointment.map(|appointment| AppointmentView::new(id, appointment)))
	}

	fn list(
		&self,
		of: Input,
		cursor: Option<Input>,
		items: Option<Input>,
		at: Option<Input>,
	) -> Result<Page<AppointmentView>, RpcError> {
		let (whose, most) = (Whose::read(&of)?, limit(&items)?);
		let (appointments, next) = match whose {
			Whose::Patient(patient) => {
				let before = List::AppointmentsOf.read(&cursor)?;
				let (page, next) = self
					.chain
					.ask(&at, |api, at| api.appointments_of(at, patient, before, most))?;
				(page, next.map(|before| List::AppointmentsOf.cursor(before)))
			}
			Whose::Practitioner(practitioner, period) => {
				let period = rest(List::AppointmentsWith, period, &cursor)?;
				let all = self
					.chain
					.ask(&at, |api, at| api.appointments_with(at, practitioner, period))?;
				first(List::AppointmentsWith, all, most, |(_, appointment)| appointment.period)
			}
		};
		let items = appointments.into_iter();
		Ok(Page {
			items: items
				.map(|(id, appointment)| AppointmentView::new(id, appointment))
				.collect(),
			next,
		})
	}

	fn waiting(&self, practitioner: Input, at: Option<Input>) -> Result<Vec<WishView>, RpcError> {
		let practitioner = practitioner.account("practitioner")?;
		let wishes = self.chain.ask(&at, |api, at| api.waiting(at, practitioner))?;
		Ok(wishes.into_iter().map(Into::into).collect())
	}

	fn consultation(&self, id: Input, at: Option<Input>) -> Result<Option<ConsultationView>, RpcError> {
		let id = id.integer("id")?;
		let consultation = self.chain.ask(&at, |api, at| api.consultation(at, id))?;
		Ok(consultation.map(Into::into))
	}

	async fn subscribe_availability(
		&self,
		pending: PendingSubscriptionSink,
		practitioner: Input,
		from: Input,
		to: Input,
		cursor: Option<Input>,
	) -> SubscriptionCloseResponse {
		let watch = || {
			Ok(Watch {
				practitioner: practitioner.account("practitioner")?,
				period: period(&from, &to, MAX_DAYS_WATCHED)?,
				known: List::Watched.read(&cursor)?,
			})
		};
		match watch() {
			Ok(watch) => self.watches.serve(Arc::clone(&self.chain), watch, pending).await,
			Err(error) => {
				let error: RpcError = error;
				pending.reject(error).await;
				SubscriptionCloseResponse::None
			}
		}
	}
}

/// Whose appointments are listed.
enum Whose {
	Patient(PatientId),
	Practitioner(AccountId, Period),
}

impl Whose {
	fn read(of: &Input) -> Result<Self, RpcError> {
		#[derive(Deserialize)]
		#[serde(deny_unknown_fields)]
		struct Of {
			patient: Option<Int>,
			practitioner: Option<Account>,
			from: Option<Int>,
			to: Option<Int>,
		}
		match of.object("of")? {
			Of {
				patient: Some(patient),
				practitioner: None,
				from: None,
				to: None,
			} => Ok(Self::Patient(patient.0)),
			Of {
				patient: None,
				practitioner: Some(practitioner),
				from: Some(from),
				to: Some(to),
			} => {
				let asked = within("of", Period::new(from.0, to.0), MAX_DAYS_ASKED)?;
				Ok(Self::Practitioner(practitioner.0, asked))
			}
			_ => Err(RpcError::parameter(
				"of",
				"expected { patient }, or { practitioner, from, to }",
			)),
		}
	}
}

/// A period of so many days at most.
fn period(from: &Input, to: &Input, days: u64) -> Result<Period, RpcError> {
	within("to", Period::new(from.integer("from")?, to.integer("to")?), days)
}

fn within(parameter: &'static str, period: Period, days: u64) -> Result<Period, RpcError> {
	if period.end <= period.start {
		return Err(RpcError::parameter(parameter, "it has to end after it begins"));
	}
	if period.length() > days.saturating_mul(DAY) {
		return Err(RpcError::parameter(
			parameter,
			format!("ask for {days} days at most at once"),
		));
	}
	Ok(period)
}

/// What is left of a period after the page that gave this cursor. What a calendar has does not overlap: it goes on at
/// the end of what was shown last.
fn rest(list: List, period: Period, cursor: &Option<Input>) -> Result<Period, RpcError> {
	match list.read(cursor)? {
		None => Ok(period),
		Some(start) if (period.start..period.end).contains(&start) => Ok(Period { start, ..period }),
		Some(_) => Err(RpcError::InvalidCursor),
	}
}

/// The first of what a calendar has, and the cursor of what comes after them.
fn first<Item>(
	list: List,
	mut items: Vec<Item>,
	most: u32,
	period: impl Fn(&Item) -> Period,
) -> (Vec<Item>, Option<String>) {
	let most = usize::try_from(most).unwrap_or(usize::MAX);
	let more = items.len() > most;
	items.truncate(most);
	let next = items.last().filter(|_| more).map(|last| list.cursor(period(last).end));
	(items, next)
}
