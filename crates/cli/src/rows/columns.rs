//! Which column of a CSV file stands where.

use csv::ByteRecord;
use plugmint::{ControlPassword, EnrollPassword, SerialNumber};

use super::{InvalidRows, RowProblem};

/// Where each column stands.
#[derive(Debug)]
pub(super) struct Columns {
    count: usize,
    serial: usize,
    enroll_password: usize,
    control_password: Option<usize>,
}

impl Columns {
    /// Where the first line says that each column stands.
    pub(super) fn of(header: &ByteRecord) -> Result<Self, InvalidRows> {
        let known = [SERIAL, ENROLL_PASSWORD, CONTROL_PASSWORD];
        let mut places = [None; 3];
        for (place, name) in header.iter().enumerate() {
            let unknown = InvalidRows::UnknownColumn { number: place + 1 };
            let index = known.iter().position(|known| known.as_bytes() == name).ok_or(unknown)?;
            let column = known.get(index).copied().unwrap_or_default();
            match places.get_mut(index) {
                Some(free @ None) => *free = Some(place),
                Some(Some(_)) | None => return Err(InvalidRows::DoubledColumn { column }),
            }
        }
        let [serial, enroll_password, control_password] = places;
        let missing = |column| InvalidRows::MissingColumn { column };
        Ok(Self {
            count: header.len(),
            serial: serial.ok_or_else(|| missing(SERIAL))?,
            enroll_password: enroll_password.ok_or_else(|| missing(ENROLL_PASSWORD))?,
            control_password,
        })
    }

    /// What stands in a row.
    pub(super) fn row(
        &self,
        record: &ByteRecord,
    ) -> Result<(SerialNumber, EnrollPassword, Option<ControlPassword>), RowProblem> {
        if record.iter().any(|value| value.contains(&b'\n')) {
            return Err(RowProblem::Broken);
        }
        let (found, expected) = (record.len(), self.count);
        if found != expected {
            return Err(RowProblem::Columns { found, expected });
        }
        let text = |place, column| {
            let value = record.get(place).unwrap_or_default();
            str::from_utf8(value).map_err(|_| RowProblem::NotUtf8 { column })
        };
        let serial = SerialNumber::parse(text(self.serial, SERIAL)?)?;
        let enroll = EnrollPassword::parse(text(self.enroll_password, ENROLL_PASSWORD)?)
            .map_err(RowProblem::EnrollPassword)?;
        let control = match self.control_password {
            None => "",
            Some(place) => text(place, CONTROL_PASSWORD)?,
        };
        if control.is_empty() {
            return Ok((serial, enroll, None));
        }
        let control = ControlPassword::parse(control).map_err(RowProblem::ControlPassword)?;
        Ok((serial, enroll, Some(control)))
    }
}

const SERIAL: &str = "serial";

const ENROLL_PASSWORD: &str = "enroll_password";

const CONTROL_PASSWORD: &str = "control_password";
