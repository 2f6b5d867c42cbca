import Diagnosis
import Testing

/// A scene and what must be said of it.
struct Case: CustomTestStringConvertible {
    var testDescription: String
    var scene: Scene
    /// Nil: no known cause.
    var cause: CauseID?
    var isHealthy: Bool
    /// The revision to go back to; nil when going back would be wrong.
    var rollback: Int?
    /// A finding that must be among the findings.
    var finding: String?

    init(
        _ description: String, _ scene: Scene, is cause: CauseID?, healthy: Bool = false, rollback: Int? = nil,
        finding: String? = nil
    ) {
        testDescription = description
        self.scene = scene
        self.cause = cause
        isHealthy = healthy
        self.rollback = rollback
        self.finding = finding
    }

    func check() throws {
        let verdict = try scene.verdict()
        #expect(verdict.cause?.id == cause, "\(verdict)")
        #expect(verdict.healthy == isHealthy, "\(verdict)")
        #expect(verdict.cause?.rollbackRevision == rollback, "\(verdict)")
        if let finding { #expect(verdict.findings.contains { $0.id == finding }, "\(verdict.findings)") }
    }
}
