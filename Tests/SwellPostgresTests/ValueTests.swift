import SwellPostgres
import Testing

@testable import SwellPostgres

struct ValueTests {
  @Test func `parameters lie in one buffer in network order`() {
    var parameters = Parameters()
    parameters.append(Int16(-2))
    parameters.append(Int32?.none)
    parameters.append("é")
    parameters.append(json: Array("{}".utf8))
    #expect(parameters.bytes == [0xff, 0xfe, 0xc3, 0xa9, 1, 0x7b, 0x7d])
    #expect(parameters.offsets == [0, -1, 2, 4])
    #expect(parameters.lengths == [2, 0, 2, 3])
  }

  @Test func `an array tells its dimensions, its type and its lengths`() {
    var parameters = Parameters()
    parameters.append(optionalArray: [Int32(7), nil])
    #expect(
      parameters.bytes == [
        0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 23, 0, 0, 0, 2, 0, 0, 0, 1,
        0, 0, 0, 4, 0, 0, 0, 7, 0xff, 0xff, 0xff, 0xff,
      ])
    var empty = Parameters()
    empty.append(array: [String]())
    #expect(empty.bytes == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 25])
  }

  @Test func `more parameters than the protocol counts are refused`() {
    var parameters = Parameters()
    for _ in 0...65535 { parameters.append(true) }
    #expect(parameters.refusal(for: Statement("s", ""))?.code == .encoding)
  }

  @Test(arguments: [
    "00112233-4455-6677-8899-aabbccddeeff", "00112233445566778899AABBCCDDEEFF",
  ])
  func `a UUID is read in any case and written in the canonical one`(text: String) {
    let uuid = PostgresUUID(text)
    #expect(uuid?.description == "00112233-4455-6677-8899-aabbccddeeff")
    #expect(uuid?.high == 0x0011_2233_4455_6677)
  }

  @Test(arguments: [
    "", "00112233-4455-6677-8899-aabbccddeef", "0011223344-55-6677-8899-aabbccddeeff",
    "g0112233-4455-6677-8899-aabbccddeeff",
  ])
  func `what is no UUID is refused`(text: String) {
    #expect(PostgresUUID(text) == nil)
  }

  @Test func `a random UUID is of version 4 and unlike the last`() {
    let uuid = PostgresUUID.random()
    #expect(uuid.high >> 12 & 15 == 4)
    #expect(uuid.low >> 62 == 2)
    #expect(uuid != PostgresUUID.random())
    #expect(PostgresUUID(high: 1, low: 9) < PostgresUUID(high: 2, low: 0))
  }

  @Test func `the first attempt is at once and later ones stay within their limit`() {
    var backoff = Backoff()
    #expect(backoff.next() == .zero)
    var limit = Duration.milliseconds(50)
    for _ in 0..<100 {
      let pause = backoff.next()
      #expect(pause >= .zero && pause <= limit)
      limit = min(.seconds(5), limit * 2)
    }
    backoff.reset()
    #expect(backoff.next() == .zero)
  }

  @Test func `the pause is jitter over the whole limit`() {
    let pauses = (0..<200).map { _ in
      var backoff = Backoff()
      _ = backoff.next()
      return backoff.next()
    }
    #expect(pauses.contains { $0 < .milliseconds(15) })
    #expect(pauses.contains { $0 > .milliseconds(35) })
  }

  @Test(arguments: [
    ("08006", true), ("57P01", true), ("57P02", true), ("57P03", true), ("25006", true),
    ("23505", false), ("57014", false), ("40001", false),
  ])
  func `errors after which a connection is useless are known`(state: String, isFatal: Bool) {
    let error = PostgresError(code: .server, "", sqlState: state)
    #expect(error.isConnectionFatal == isFatal)
    #expect(PostgresError(code: .lost, "").isConnectionFatal)
    #expect(!PostgresError(code: .decoding, "").isConnectionFatal)
  }

  @Test func `the SQLSTATE is found in the verbose text of libpq`() {
    let text = """
      connection to server on socket "/tmp/x" failed: FATAL:  28P01: password authentication failed
      LOCATION:  auth_failed, auth.c:331
      """
    #expect(PostgresError.sqlState(inVerbose: text) == "28P01")
    #expect(PostgresError.sqlState(inVerbose: "could not connect: Connection refused") == nil)
    #expect(!PostgresError.tidy(text).contains("LOCATION"))
  }
}
