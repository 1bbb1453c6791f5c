//! `salus vitals show`.

use std::path::PathBuf;

use clap::Args;
use salus_primitives::{AnchorFilter, AnchorId, Moment, PatientId};
use salus_vitals::{batch_file::BatchFile, Loinc};

use super::{
	curve::{curves, gaps, in_order, Curve, Wanted},
	fhir,
	limit::Limit,
	source::{self, Access},
	svg, terminal,
};
use crate::{
	cli::{device::loinc, frames::Frames, report::Report, session::Session},
	sdk::{check_writable, find_batch, replace_private, words, Error, VitalsError},
};

/// `salus vitals show`
#[derive(Args)]
pub(crate) struct Show {
	/// Whose readings
	#[arg(required_unless_present = "batches")]
	patient: Option<PatientId>,
	/// Only readings of these LOINC codes
	#[arg(long = "code", value_delimiter = ',', value_parser = loinc, value_name = "LOINC,…")]
	codes: Vec<Loinc>,
	/// Only what was measured at this time or later
	#[arg(long, value_parser = words::moment, value_name = "TIME")]
	from: Option<Moment>,
	/// Only what was measured before this time
	#[arg(long, value_parser = words::moment, value_name = "TIME")]
	to: Option<Moment>,
	/// A decrypted batch, in place of asking for access; several times for several
	#[arg(long = "batch", value_name = "FILE")]
	batches: Vec<PathBuf>,
	#[command(flatten)]
	access: Access,
	/// Draw a limit and tell which values are beyond it: 8867-4=50..120, either end left out
	#[arg(long = "limit", value_parser = Limit::parse, value_name = "CODE=LOW..HIGH")]
	limits: Vec<Limit>,
	/// Draw the curves into this file
	#[arg(long, value_name = "FILE")]
	svg: Option<PathBuf>,
	/// Write the readings into this file, as a Bundle of FHIR R4 Observations
	#[arg(long, value_name = "FILE")]
	fhir: Option<PathBuf>,
	/// What salus device simulate kept of the Observations that it played: they are written as they went in
	#[arg(long, requires = "fhir", value_name = "FILE")]
	frames: Option<PathBuf>,
	/// The reference to the patient in FHIR, where no frame has its own; `Patient/<id>` without it
	#[arg(long, requires = "fhir", value_name = "REFERENCE")]
	subject: Option<String>,
	/// A table in place of a drawing
	#[arg(long)]
	plain: bool,
}

/// Batches, and whether they were compared with the chain.
struct Opened {
	batches: Vec<(Option<AnchorId>, BatchFile)>,
}

impl Show {
	pub(super) async fn run(self, session: &Session) -> Result<Report, Error> {
		if let (Some(from), Some(to)) = (self.from, self.to) {
			if to <= from {
				return Err(Error::Usage("--to has to be later than --from".into()));
			}
		}
		for file in [&self.svg, &self.fhir].into_iter().flatten() {
			check_writable(file)?;
		}
		let frames = self.frames.as_deref().map(Frames::read).transpose()?;
		let subject = self.subject()?;
		let opened = self.opened(session).await?;
		let anchors: Vec<_> = opened.batches.iter().filter_map(|(anchor, _)| *anchor).collect();
		let readings = in_order(opened.batches.into_iter().flat_map(|(_, file)| file.readings));
		let wanted = Wanted {
			codes: &self.codes,
			from: self.from,
			to: self.to,
			limits: &self.limits,
		};
		let curves = curves(&readings, &wanted)?;
		let gaps = gaps(&readings);
		let mut report = session
			.report()
			.field("patient", self.patient.map(words::number))
			.field(
				"anchors",
				anchors.iter().map(|id| words::number(*id)).collect::<Vec<_>>(),
			)
			.field("curves", curves.iter().map(Curve::json).collect::<Vec<_>>())
			.field("gaps", gaps.iter().map(|gap| gap.json()).collect::<Vec<_>>());
		for line in curves.iter().flat_map(|curve| self.lines(curve)) {
			report = report.line(line);
		}
		for gap in &gaps {
			report = report.line(gap.line());
		}
		if self.patient.is_none() {
			report = report.line("not compared with the chain: name the patient to have that done");
		}
		if let Some(file) = &self.svg {
			replace_private(file, svg::document(&curves).as_bytes())?;
			report = report
				.line(format!("drawn into {}", file.display()))
				.field("svg", file.display().to_string());
		}
		if let Some(file) = &self.fhir {
			let shown = readings.iter().filter(|signed| wanted.keeps(signed));
			let written = fhir::bundle(shown, &subject, frames.as_ref());
			replace_private(file, written.bundle.as_bytes())?;
			report = report
				.line(format!(
					"{} Observations written to {}",
					written.observations,
					file.display()
				))
				.field("fhir", file.display().to_string())
				.field("observations", written.observations);
			if frames.is_some() {
				report = report
					.line(format!("{} of them in their frames", written.framed))
					.field("framed", written.framed);
			}
			for left_out in written.left_out {
				eprintln!("left out: {left_out}");
			}
			for without_frame in written.without_frame {
				eprintln!("without its frame: {without_frame}");
			}
		}
		Ok(report)
	}

	/// Whose readings they are, in FHIR.
	fn subject(&self) -> Result<String, Error> {
		match (&self.subject, self.patient) {
			(Some(subject), _) => Ok(subject.clone()),
			(None, Some(patient)) => Ok(format!("Patient/{patient}")),
			(None, None) if self.fhir.is_some() => Err(Error::Usage(
				"say with --subject, or by the patient's id, whose readings these are".into(),
			)),
			(None, None) => Ok(String::new()),
		}
	}

	async fn opened(&self, session: &Session) -> Result<Opened, Error> {
		let files: Vec<_> = self
			.batches
			.iter()
			.map(|path| source::read(path))
			.collect::<Result<_, _>>()?;
		let Some(patient) = self.patient else {
			// Root and signatures are not to be had without the chain, but a file that is no batch is told.
			for file in &files {
				file.batch().map_err(VitalsError::from)?;
			}
			let batches = files.into_iter().map(|file| (None, file)).collect();
			return Ok(Opened { batches });
		};
		let client = session.client().await?;
		let at = client.finalised().await?;
		client.patient(&at, patient).await?;
		if files.is_empty() {
			let filter = AnchorFilter {
				binding: None,
				from: self.from,
				until: self.to,
			};
			let anchors = client.anchors(&at, patient, &filter).await?;
			let anchors: Vec<_> = anchors.into_iter().map(|(id, _)| id).collect();
			if anchors.is_empty() {
				return Err(VitalsError::NoReadings(patient).into());
			}
			let batches = self.access.open(session, &client, patient, &anchors).await?;
			let batches = batches.into_iter().map(|(id, file)| (Some(id), file)).collect();
			return Ok(Opened { batches });
		}
		let anchors = client.anchors(&at, patient, &AnchorFilter::default()).await?;
		let mut batches = Vec::with_capacity(files.len());
		for file in files {
			let (id, _) = find_batch(&file, patient, &anchors)?;
			batches.push((Some(*id), file));
		}
		Ok(Opened { batches })
	}

	fn lines(&self, curve: &Curve) -> Vec<String> {
		if self.plain || !shows_dots() {
			terminal::table(curve)
		} else {
			vec![terminal::drawn(curve)]
		}
	}
}

/// Whether this terminal shows Braille.
fn shows_dots() -> bool {
	let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
		.into_iter()
		.filter_map(|name| std::env::var(name).ok())
		.find(|value| !value.is_empty());
	let is_utf8 = locale.is_some_and(|locale| locale.to_lowercase().replace('-', "").contains("utf8"));
	is_utf8 && std::env::var("TERM").map_or(true, |term| term != "dumb")
}
