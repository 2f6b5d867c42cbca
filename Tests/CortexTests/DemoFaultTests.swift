import Configuration
import Simulation
import Testing

@testable import cortex

/// Faults as a person names them to `cortex demo`.
struct DemoFaultTests {
    @Test("parameters are pairs with commas between them, and a comma within a value stays there")
    func pairs() throws {
        #expect(try DemoFaults.given(nil) == [:])
        #expect(try DemoFaults.given("log=out, of space,code=3") == ["log": "out, of space", "code": "3"])
        #expect(throws: UsageError.self) { try DemoFaults.given("memory") }
    }

    @Test("every fault is listed once, with its parameters and what holds without them")
    func listed() {
        let lines = DemoFaults.all.split(separator: "\n")
        #expect(lines.count == FaultName.allCases.count)
        #expect(lines.contains { $0.hasPrefix("oom-limit-cut ") && $0.hasSuffix("memory=“8Mi”") })
    }
}
