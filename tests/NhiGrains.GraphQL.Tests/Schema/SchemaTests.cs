using System.Text;
using GraphQL;
using GraphQL.Types;
using GraphQL.Utilities;
using Microsoft.Extensions.DependencyInjection;
using NhiGrains.GraphQL.Access;

namespace NhiGrains.GraphQL.Tests.Schema;

public sealed class SchemaTests : IDisposable
{
    private const string Rewrite = "NHIGRAINS_WRITE_SCHEMA";

    private readonly ServiceProvider _services = new ServiceCollection().AddLogging().AddNhiGraphQL().BuildServiceProvider();

    private ISchema Schema
    {
        get
        {
            var schema = _services.GetRequiredService<ISchema>();
            schema.Initialize();
            return schema;
        }
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public void The_committed_SDL_is_that_of_the_schema()
    {
        var path = Path.Combine(Root(), "src", "NhiGrains.GraphQL", "schema.graphql");
        var actual = Schema.Print(new PrintOptions { StringComparison = StringComparison.Ordinal }).ReplaceLineEndings("\n").TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable(Rewrite) == "1")
            File.WriteAllText(path, actual);

        var committed = File.Exists(path) ? File.ReadAllText(path) : "";

        Assert.True(committed == actual, $"schema.graphql is out of date; run this test with {Rewrite}=1 and look at what changed:\n{Difference(committed, actual)}");
    }

    [Fact]
    public void Everything_that_a_client_can_see_is_described()
    {
        var silent = new List<string>();
        string[] builtIn = ["String", "Boolean", "ID", "Int", "Float"];
        foreach (var type in Schema.AllTypes.Where(type => !type.Name.StartsWith("__", StringComparison.Ordinal) && !builtIn.Contains(type.Name)))
        {
            Check(type.Name, type.Description);
            if (type is EnumerationGraphType values)
                foreach (var value in values.Values)
                    Check($"{type.Name}.{value.Name}", value.Description);
            if (type is not IComplexGraphType complex)
                continue;
            foreach (var field in complex.Fields)
            {
                Check($"{type.Name}.{field.Name}", field.Description);
                foreach (var argument in field.Arguments ?? [])
                    Check($"{type.Name}.{field.Name}({argument.Name})", argument.Description);
            }
        }

        Assert.Empty(silent);

        void Check(string what, string? description)
        {
            if (string.IsNullOrWhiteSpace(description))
                silent.Add(what);
        }
    }

    [Fact]
    public void Every_root_field_says_who_may_use_it()
    {
        const Role requesting = Role.Requester;
        const Role simulating = Role.Requester | Role.Approver | Role.Operator;
        var expected = new Dictionary<string, (Role Roles, bool Self)>(StringComparer.Ordinal)
        {
            ["node"] = (Role.Anyone, true),
            ["identity"] = (Role.Anyone, true),
            ["identities"] = (Role.Anyone, false),
            ["grants"] = (Role.Anyone, true),
            ["drift"] = (Role.Anyone, true),
            ["platforms"] = (Role.Anyone, false),
            ["policySet"] = (Role.Anyone, false),
            ["policySetVersions"] = (Role.Anyone, false),
            ["policySetVersion"] = (Role.Anyone, false),
            ["policySimulation"] = (Role.Operator | Role.Auditor, false),
            ["applyPolicySet"] = (Role.Admin, false),
            ["rollbackPolicySet"] = (Role.Admin, false),
            ["simulatePolicySet"] = (Role.Operator, false),
            ["audit"] = (Role.Auditor, false),
            ["notificationSinks"] = (Role.Operator | Role.Auditor, false),
            ["simulateAccess"] = (simulating, true),
            ["plan"] = (simulating, true),
            ["registerIdentity"] = (Role.Operator, false),
            ["updateIdentity"] = (Role.Operator, false),
            ["setIntent"] = (Role.Operator, false),
            ["suspendIdentity"] = (Role.Operator, false),
            ["resumeIdentity"] = (Role.Operator, false),
            ["offboardIdentity"] = (Role.Operator, false),
            ["transferOwnership"] = (Role.Operator, false),
            ["requestAccess"] = (requesting, true),
            ["renewGrant"] = (requesting, true),
            ["revokeGrant"] = (requesting | Role.Operator, true),
            ["issueCredential"] = (requesting | Role.Operator, true),
            ["resolveDrift"] = (Role.Operator, false),
            ["refreshPlatform"] = (Role.Operator, false),
            ["reportRisk"] = (Role.Operator, false),
            ["clearRisk"] = (Role.Operator, false),
            ["manualTasks"] = (Role.Anyone, false),
            ["watchPrincipal"] = (Role.Operator, false),
            ["adoptPrincipal"] = (Role.Operator, false),
            ["groups"] = (Role.Anyone, false),
            ["group"] = (Role.Anyone, false),
            ["delegations"] = (Role.Anyone, false),
            ["departures"] = (Role.Anyone, false),
            ["setGroupMembers"] = (Role.Admin, false),
            ["delegateApprovals"] = (Role.Approver, false),
            ["setAbsence"] = (Role.Anyone, false),
            ["recordDeparture"] = (Role.Operator, false),
            ["recordReturn"] = (Role.Operator, false),
            ["approvalInbox"] = (Role.Approver, false),
            ["breakGlassReviews"] = (Role.Anyone, false),
            ["closeBreakGlassReview"] = (Role.Anyone, false),
            ["policyExceptions"] = (Role.Anyone, false),
            ["requestException"] = (requesting, true),
            ["approveException"] = (Role.Approver, false),
            ["rejectException"] = (Role.Approver, false),
            ["withdrawExceptionApproval"] = (Role.Approver, false),
            ["endException"] = (Role.Anyone, true),
            ["reviewException"] = (Role.Approver, false),
            ["approveRequest"] = (Role.Approver, false),
            ["rejectRequest"] = (Role.Approver, false),
            ["withdrawApproval"] = (Role.Approver, false),
            ["approvalRequested"] = (Role.Anyone, true),
            ["approvalInboxChanged"] = (Role.Approver, false),
            ["driftDetected"] = (Role.Anyone, true),
            ["grantChanged"] = (Role.Anyone, true),
        };

        var schema = Schema;
        var actual = new[] { schema.Query, schema.Mutation, schema.Subscription }
            .SelectMany(root => root?.Fields ?? throw new InvalidOperationException("A root is missing."))
            .ToDictionary(field => field.Name, field => FieldAccess.Declared(field), StringComparer.Ordinal);

        Assert.Equal(
            expected.Select(one => $"{one.Key}: {one.Value.Roles}, self {one.Value.Self}").Order(StringComparer.Ordinal),
            actual.Select(one => $"{one.Key}: {one.Value?.Roles}, self {one.Value?.Own is not null}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_root_field_without_a_declaration_stops_the_start()
    {
        var root = new ObjectGraphType { Name = "Query" };
        root.Field<StringGraphType>("open");

        var exception = Assert.Throws<InvalidOperationException>(root.GuardFields);

        Assert.Contains("Query.open", exception.Message, StringComparison.Ordinal);
    }

    private static string Difference(string committed, string actual)
    {
        var (old, now) = (committed.Split('\n'), actual.Split('\n'));
        var text = new StringBuilder();
        foreach (var line in old.Except(now, StringComparer.Ordinal).Take(40))
            text.Append("- ").AppendLine(line);
        foreach (var line in now.Except(old, StringComparer.Ordinal).Take(40))
            text.Append("+ ").AppendLine(line);
        return text.Length > 0 ? text.ToString() : "The same lines in another order.";
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "NhiGrains.sln")))
                return folder.FullName;
        throw new InvalidOperationException("The repository is not above the test's folder.");
    }
}
