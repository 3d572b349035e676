import Testing

@testable import ChargePiES

/// Bytes that were written once must read the same for ever, and be written the same again.
@Suite("Golden records")
struct GoldenTests {
  private func check(_ record: Record, _ golden: String) throws {
    let bytes = RecordEncoder.encode(record)
    #expect(bytes.map { hexadecimal(UInt64($0), digits: 2) }.joined() == golden)
    let copy = try RecordDecoder.decode(Record.self, from: bytes)
    #expect(copy.body == record.body && copy.stamp == record.stamp)
    #expect(copy.turnOffset == record.turnOffset)
  }

  @Test("a plug")
  func plug() throws {
    let stamp = Stamp {
      $0.boot = 3
      $0.monotonicNanoseconds = 12_345_678_901
      $0.wallNanoseconds = 1_800_000_000_000_000_000
      $0.quality = .csms
    }
    let event = Event(
      number: 42, stamp: stamp, body: .observation(.plug(1, connector: 2)))
    try check(
      Record(event, turnOffset: 0),
      "180320eaf0e0fd5b288080a0bbd29df1fa313003aa0106080110021802")
  }

  @Test("a receipt")
  func receipt() throws {
    let ended = SessionEnded {
      $0.session = SessionID(nonce: 7, event: 9)
      $0.evse = 1
      $0.connector = 1
      $0.reason = .evDisconnected
      $0.token = 300
      $0.wasPermitted = true
      $0.permittedAt = Stamp {
        $0.boot = 1
        $0.monotonicNanoseconds = 5_000_000_000
      }
      $0.startRegisterMilliwattHours = 1_000
      $0.endedAt = Stamp { $0.boot = 2 }
      $0.reading = Reading {
        $0.registerMilliwattHours = 75_125
        $0.currentMilliamperes = [0, 16_000, -1]
        $0.temperatureMillidegrees = -5_500
        $0.stateOfChargePermille = 0
      }
      $0.permittedEvent = 40
      $0.samples = [41, 0, 300]
    }
    let event = Event(number: 50, stamp: Stamp(), body: .decision(.sessionEnded(ended)))
    try check(
      Record(event, turnOffset: 2),
      "1002c2044f0a1508dd83a2a3beb9ca837410978483c8d8d4aafc880110011801200328ac02380142"
        + "0808011080c8afa02548d00f520208025a1108ea950918001880fa01180130f75538006028682968"
        + "0068ac02")
  }

  @Test("a call on the wire, with a card number cut out")
  func message() throws {
    let sent = MessageSent {
      $0.upstream = 1
      $0.connection = 2
      $0.kind = .transaction
      $0.source = 40
      $0.attempt = 1
      $0.messageId = "00000007-40-4"
      $0.queued = 41
      $0.frame = Frame {
        $0.text = Bytes(Array(#"[2,"00000007-40-4","StartTransaction",{"idTag":""}]"#.utf8))
        $0.redactions = [
          Redaction {
            $0.offset = 48
            $0.token = 300
          }
        ]
      }
      $0.role = .start
    }
    let event = Event(number: 42, stamp: Stamp(), body: .decision(.messageSent(sent)))
    try check(
      Record(event, turnOffset: 5),
      "1005d2055b080110021804202838014a0d30303030303030372d34302d3450295a3c0a335b322c22"
        + "30303030303030372d34302d34222c2253746172745472616e73616374696f6e222c7b2269645461"
        + "67223a22227d5d1205083010ac026001")
  }
}
