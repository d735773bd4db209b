//! Values between the component's and PostgreSQL's side, in the binary format. Which type takes which value is as strict as on Spin.

use std::error::Error as StdError;

use bytes::{BufMut as _, BytesMut};
use time::{Date, Month, PrimitiveDateTime, Time};
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use uuid::Uuid;

use super::numeric;
use super::{Column, DbValue, ParameterValue};
use crate::host::bindings::spin::postgres::postgres::{DbDataType, Interval};

type AnyError = Box<dyn StdError + Sync + Send>;

/// 2000-01-01, from which PostgreSQL counts.
const EPOCH_JULIAN_DAY: i32 = 2_451_545;
const EPOCH_UNIX_SECONDS: i64 = 946_684_800;
const DAY_MICROS: i64 = 86_400_000_000;

/// A parameter on its way to the server.
#[derive(Debug)]
pub struct Parameter(pub ParameterValue);

impl ToSql for Parameter {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, AnyError> {
        let one_of = |types: &[Type]| {
            if types.contains(ty) { Ok(()) } else { Err(AnyError::from(format!("the parameter doesn't fit a {ty}"))) }
        };
        match &self.0 {
            ParameterValue::DbNull => return Ok(IsNull::Yes),
            ParameterValue::Boolean(v) => return v.to_sql_checked(ty, out),
            ParameterValue::Int8(v) => return v.to_sql_checked(ty, out),
            ParameterValue::Int16(v) => return v.to_sql_checked(ty, out),
            ParameterValue::Int32(v) => return v.to_sql_checked(ty, out),
            ParameterValue::Int64(v) => return v.to_sql_checked(ty, out),
            ParameterValue::Floating32(v) => return v.to_sql_checked(ty, out),
            ParameterValue::Floating64(v) => return v.to_sql_checked(ty, out),
            ParameterValue::Str(v) => return v.to_sql_checked(ty, out),
            ParameterValue::Binary(v) => return v.to_sql_checked(ty, out),
            ParameterValue::Uuid(v) => return Uuid::try_parse(v)?.to_sql_checked(ty, out),
            ParameterValue::ArrayInt32(v) => return v.to_sql_checked(ty, out),
            ParameterValue::ArrayInt64(v) => return v.to_sql_checked(ty, out),
            ParameterValue::ArrayStr(v) => return v.to_sql_checked(ty, out),
            ParameterValue::Jsonb(v) => {
                one_of(&[Type::JSON, Type::JSONB])?;
                if *ty == Type::JSONB {
                    out.put_u8(1);
                }
                out.put_slice(v);
            }
            ParameterValue::Date((year, month, day)) => {
                one_of(&[Type::DATE])?;
                out.put_i32(days(*year, *month, *day)?);
            }
            ParameterValue::Time((hour, minute, second, nano)) => {
                one_of(&[Type::TIME])?;
                out.put_i64(time_micros(*hour, *minute, *second, *nano)?);
            }
            ParameterValue::Datetime((year, month, day, hour, minute, second, nano)) => {
                one_of(&[Type::TIMESTAMP, Type::TIMESTAMPTZ])?;
                let date = i64::from(days(*year, *month, *day)?) * DAY_MICROS;
                out.put_i64(date + time_micros(*hour, *minute, *second, *nano)?);
            }
            ParameterValue::Timestamp(seconds) => {
                one_of(&[Type::TIMESTAMP, Type::TIMESTAMPTZ])?;
                let micros = seconds.checked_sub(EPOCH_UNIX_SECONDS).and_then(|s| s.checked_mul(1_000_000));
                out.put_i64(micros.ok_or("the timestamp is out of range")?);
            }
            ParameterValue::Interval(interval) => {
                one_of(&[Type::INTERVAL])?;
                out.put_i64(interval.micros);
                out.put_i32(interval.days);
                out.put_i32(interval.months);
            }
            ParameterValue::Decimal(text) => {
                one_of(&[Type::NUMERIC])?;
                numeric::encode(text, out)?;
            }
            ParameterValue::RangeInt32(_)
            | ParameterValue::RangeInt64(_)
            | ParameterValue::RangeDecimal(_)
            | ParameterValue::ArrayDecimal(_) => {
                return Err(
                    "ranges and arrays of decimals can't be passed on this runtime; pass text and cast it".into()
                );
            }
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn days(year: i32, month: u8, day: u8) -> Result<i32, AnyError> {
    let date = Date::from_calendar_date(year, Month::try_from(month)?, day)?;
    Ok(date.to_julian_day() - EPOCH_JULIAN_DAY)
}

fn time_micros(hour: u8, minute: u8, second: u8, nano: u32) -> Result<i64, AnyError> {
    let (h, m, s, n) = Time::from_hms_nano(hour, minute, second, nano)?.as_hms_nano();
    Ok(((i64::from(h) * 60 + i64::from(m)) * 60 + i64::from(s)) * 1_000_000 + i64::from(n) / 1000)
}

/// A column of an answer.
pub fn column(column: &tokio_postgres::Column) -> Column {
    let data_type = match *column.type_() {
        Type::BOOL => DbDataType::Boolean,
        Type::BYTEA => DbDataType::Binary,
        Type::FLOAT4 => DbDataType::Floating32,
        Type::FLOAT8 => DbDataType::Floating64,
        Type::INT2 => DbDataType::Int16,
        Type::INT4 => DbDataType::Int32,
        Type::INT8 => DbDataType::Int64,
        Type::TEXT | Type::VARCHAR | Type::BPCHAR => DbDataType::Str,
        Type::TIMESTAMP | Type::TIMESTAMPTZ => DbDataType::Datetime,
        Type::DATE => DbDataType::Date,
        Type::TIME => DbDataType::Time,
        Type::UUID => DbDataType::Uuid,
        Type::JSONB => DbDataType::Jsonb,
        Type::NUMERIC => DbDataType::Decimal,
        Type::INT4_ARRAY => DbDataType::ArrayInt32,
        Type::INT8_ARRAY => DbDataType::ArrayInt64,
        Type::TEXT_ARRAY | Type::VARCHAR_ARRAY | Type::BPCHAR_ARRAY => DbDataType::ArrayStr,
        Type::INTERVAL => DbDataType::Interval,
        ref other => DbDataType::Other(other.name().to_owned()),
    };
    Column { name: column.name().to_owned(), data_type }
}

/// The bytes of a value, whatever its type.
struct Raw<'a>(&'a [u8]);

impl<'a> FromSql<'a> for Raw<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, AnyError> {
        Ok(Self(raw))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// The value in column `index` of a row.
pub fn value(row: &Row, index: usize) -> Result<DbValue, AnyError> {
    let ty = row.columns().get(index).ok_or("there is no such column")?.type_();
    match row.try_get::<_, Option<Raw<'_>>>(index)? {
        None => Ok(DbValue::DbNull),
        Some(Raw(raw)) => from_raw(ty, raw),
    }
}

fn from_raw(ty: &Type, raw: &[u8]) -> Result<DbValue, AnyError> {
    Ok(match *ty {
        Type::BOOL => DbValue::Boolean(bool::from_sql(ty, raw)?),
        Type::BYTEA => DbValue::Binary(raw.to_vec()),
        Type::FLOAT4 => DbValue::Floating32(f32::from_sql(ty, raw)?),
        Type::FLOAT8 => DbValue::Floating64(f64::from_sql(ty, raw)?),
        Type::INT2 => DbValue::Int16(i16::from_sql(ty, raw)?),
        Type::INT4 => DbValue::Int32(i32::from_sql(ty, raw)?),
        Type::INT8 => DbValue::Int64(i64::from_sql(ty, raw)?),
        Type::TEXT | Type::VARCHAR | Type::BPCHAR => DbValue::Str(String::from_sql(ty, raw)?),
        Type::UUID => DbValue::Uuid(Uuid::from_sql(ty, raw)?.to_string()),
        Type::JSONB => DbValue::Jsonb(raw.strip_prefix(&[1]).ok_or("JSONB of an unknown version")?.to_vec()),
        Type::DATE => {
            let date = Date::from_julian_day(i32::from_be_bytes(raw.try_into()?).saturating_add(EPOCH_JULIAN_DAY))?;
            DbValue::Date((date.year(), date.month().into(), date.day()))
        }
        Type::TIME => DbValue::Time(split_time(i64::from_be_bytes(raw.try_into()?))?),
        Type::TIMESTAMP | Type::TIMESTAMPTZ => {
            let at = datetime(i64::from_be_bytes(raw.try_into()?))?;
            let (h, m, s, n) = at.time().as_hms_nano();
            DbValue::Datetime((at.year(), at.month().into(), at.day(), h, m, s, n))
        }
        Type::INTERVAL => {
            let (micros, rest) = raw.split_first_chunk().ok_or("an interval that is too short")?;
            let (days, rest) = rest.split_first_chunk().ok_or("an interval that is too short")?;
            DbValue::Interval(Interval {
                micros: i64::from_be_bytes(*micros),
                days: i32::from_be_bytes(*days),
                months: i32::from_be_bytes(rest.try_into()?),
            })
        }
        Type::NUMERIC => DbValue::Decimal(numeric::decode(raw)?),
        Type::INT4_ARRAY => DbValue::ArrayInt32(Vec::from_sql(ty, raw)?),
        Type::INT8_ARRAY => DbValue::ArrayInt64(Vec::from_sql(ty, raw)?),
        Type::TEXT_ARRAY | Type::VARCHAR_ARRAY | Type::BPCHAR_ARRAY => DbValue::ArrayStr(Vec::from_sql(ty, raw)?),
        _ => DbValue::Unsupported(raw.to_vec()),
    })
}

fn datetime(micros: i64) -> Result<PrimitiveDateTime, AnyError> {
    let day = i32::try_from(micros.div_euclid(DAY_MICROS))?;
    let date = Date::from_julian_day(day.saturating_add(EPOCH_JULIAN_DAY))?;
    let (h, m, s, n) = split_time(micros.rem_euclid(DAY_MICROS))?;
    Ok(PrimitiveDateTime::new(date, Time::from_hms_nano(h, m, s, n)?))
}

fn split_time(micros: i64) -> Result<(u8, u8, u8, u32), AnyError> {
    let (seconds, micros) = (micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000));
    Ok((
        u8::try_from(seconds / 3600)?,
        u8::try_from(seconds / 60 % 60)?,
        u8::try_from(seconds % 60)?,
        u32::try_from(micros * 1000)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_times_survive_the_way_there_and_back() {
        for (ty, parameter, expected) in [
            (Type::DATE, ParameterValue::Date((1949, 12, 31)), "Date((1949, 12, 31))"),
            (Type::TIME, ParameterValue::Time((23, 59, 59, 123_456_000)), "Time((23, 59, 59, 123456000))"),
            (
                Type::TIMESTAMPTZ,
                ParameterValue::Datetime((1969, 7, 20, 20, 17, 40, 1_000)),
                "Datetime((1969, 7, 20, 20, 17, 40, 1000))",
            ),
            (Type::TIMESTAMP, ParameterValue::Timestamp(0), "Datetime((1970, 1, 1, 0, 0, 0, 0))"),
        ] {
            let mut out = BytesMut::new();
            Parameter(parameter).to_sql(&ty, &mut out).unwrap();
            let found = from_raw(&ty, &out).unwrap();
            assert!(format!("{found:?}").ends_with(expected), "{found:?}");
        }
    }

    #[test]
    fn a_parameter_of_the_wrong_type_is_refused() {
        let mut out = BytesMut::new();
        assert!(Parameter(ParameterValue::Int32(1)).to_sql(&Type::INT8, &mut out).is_err());
        assert!(Parameter(ParameterValue::Date((2023, 2, 30))).to_sql(&Type::DATE, &mut out).is_err());
        assert!(Parameter(ParameterValue::Uuid("x".into())).to_sql(&Type::UUID, &mut out).is_err());
    }
}
