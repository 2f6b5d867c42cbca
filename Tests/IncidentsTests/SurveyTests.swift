import Diagnosis
import Kubernetes
import Testing

@testable import Incidents

@Suite("A look at the whole cluster")
struct SurveyTests {
    @Test("an account of one namespace is shown that one, and told which ones it does not see")
    func oneNamespace() async throws {
        let desk = try Desk()
        defer { desk.remove() }
        desk.cluster.confine(to: "shop")
        let survey = try await desk.desk.survey(known: ["cortex-system", "shop"]).get()
        #expect(survey.namespaces == ["shop"])
        #expect(survey.unhealthy.map(\.verdict.cause?.id) == [.scaledToZero])
        #expect(survey.unread.first == "Only shop: listing all namespaces is refused.")
        #expect(survey.unread.contains { $0.hasPrefix("Not cortex-system: ") }, "\(survey.unread)")
    }

    @Test("where nothing may be seen, that is what is said, and not that all is well")
    func nothing() async throws {
        let desk = try Desk()
        defer { desk.remove() }
        desk.cluster.confine(to: "elsewhere")
        let survey = await desk.desk.survey(known: ["cortex-system", "shop"])
        guard case .failure(let error) = survey else {
            Issue.record("a survey of nothing: \(survey)")
            return
        }
        #expect(error.isForbidden)
        #expect("\(error)".contains("“cortex-system”, “shop”") && "\(error)".contains("cortex rbac"))
    }
}
