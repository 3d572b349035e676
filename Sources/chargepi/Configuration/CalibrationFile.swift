import Drivers
import Projections

/// An entry of `calibration.json`: what corrects a meter, what it was made for, and how.
struct CalibrationEntry {
  /// The meter's name: `1.1`.
  var meter: String
  var calibration: MeterCalibration
  /// Energy against voltage times current, in millionths.
  var selfTestPpm: Int64
  var reference: MeterReference
  /// Nanoseconds since 1970.
  var wallNanoseconds: Int64
}

extension CalibrationEntry: JSONWritable {
  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.member(
      CalibrationKey.date, Timestamp.text(nanoseconds: wallNanoseconds, precision: .seconds))
    writer.member(CalibrationKey.program, programVersion)
    writer.member(CalibrationKey.fullScaleVoltage, calibration.fullScaleMicrovolts)
    writer.member(CalibrationKey.fullScaleCurrent, calibration.fullScaleMicroamperes)
    writer.member(CalibrationKey.currentGain, calibration.currentRange.rawValue)
    writer.member(CalibrationKey.cycleCount, calibration.cycleCount)
    writer.member(CalibrationKey.voltageTrim, calibration.voltageTrimPpm)
    writer.member(CalibrationKey.currentTrim, calibration.currentTrimPpm)
    writer.member(CalibrationKey.powerTrim, calibration.powerTrimPpm)
    writer.member(CalibrationKey.energyOffset, calibration.energyOffset)
    writer.member(CalibrationKey.selfTest, selfTestPpm)
    writer.name(CalibrationKey.reference)
    writer.beginObject()
    writer.member("millivolts", reference.millivolts)
    writer.member("milliamperes", reference.milliamperes)
    writer.member("milliwatts", reference.milliwatts)
    writer.endObject()
    writer.endObject()
  }
}

/// The file `calibration.json` of a configuration directory.
enum CalibrationFile {
  /// What the file shall hold: the entries that it has, with this one new or in its old place. One
  /// line a meter, so that people see what changed.
  static func text(_ old: JSON?, adding entry: CalibrationEntry) -> [UInt8] {
    var meters = (old?["meters"]?.members ?? []).map { ($0.name, $0.value.jsonBytes) }
    if let index = meters.firstIndex(where: { $0.0 == entry.meter }) {
      meters[index].1 = entry.jsonBytes
    } else {
      meters.append((entry.meter, entry.jsonBytes))
    }
    let lines = meters.map { name, value in
      Array("    ".utf8) + name.jsonBytes + Array(": ".utf8) + value
    }
    return Array("{\n  \"version\": 1,\n  \"meters\": {\n".utf8)
      + lines.joined(separator: Array(",\n".utf8)) + Array("\n  }\n}\n".utf8)
  }

  /// Writes it in one step: a power cut leaves the old file or the new one, whole. Others may read
  /// it, since the station runs as somebody else than who calibrates.
  static func write(_ bytes: [UInt8], directory: String) -> Result<Void, FileError> {
    writeFile(
      directory + "/" + ConfigurationSource.calibrationFile, bytes, mode: 0o644, isDurable: true)
  }

  /// What is there now; nil for nothing. The configuration has been read: it has no faults.
  static func read(directory: String) -> JSON? {
    let path = directory + "/" + ConfigurationSource.calibrationFile
    guard case .success(let bytes) = readFile(path) else { return nil }
    return try? JSON.parse(bytes)
  }
}
