using System.Text.Json;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Postgres.Compiling;
using NhiGrains.Platforms.Postgres.Objects;
using NhiGrains.Platforms.Postgres.Server;

namespace NhiGrains.Platforms.Postgres.Probing;

/// <summary>Asks the server's own authorizer, as the principal's role. What is written holds from the next statement on, so it is asked once.</summary>
internal sealed class Prober(string platform, IReadOnlyList<string> databases, PostgresApi api)
{
    public async Task<ProbeReport> ProbeAsync(DesiredState desired, CancellationToken cancellation)
    {
        var given = Compiler.PermissionsOf(desired.Entitlements.Select(wanted => wanted.Entitlement), platform, databases);
        var taken = Compiler.PermissionsOf(desired.EndedEntitlements, platform, databases);
        var principal = await PrincipalAsync(desired, cancellation);
        var neighbours = await NeighboursAsync(given, cancellation);
        var questions = Questions.About(given, taken, neighbours, databases);
        var (probes, notAsked) = (new List<Probe>(), new List<string>());
        foreach (var (question, answer) in await AskAsync([.. questions], principal, cancellation))
        {
            if (!question.Expected && answer is { Allowed: true, Others.Length: > 0 })
                notAsked.Add($"{question}: {answer.Others} gives it, which is not ours");
            else
                probes.Add(new(question.ToString(), question.Expected, answer.Allowed));
        }

        return new([.. PrincipalProbes(desired, principal), .. probes]) { NotAsked = notAsked };
    }

    /// <summary>The authorizer says yes for a role whose own login has expired, so the role is asked about apart.</summary>
    private IEnumerable<Probe> PrincipalProbes(DesiredState desired, Found? principal)
    {
        var role = $"role {desired.Binding.Principal}";
        if (desired.Entitlements.Count > 0)
        {
            yield return new($"{role} exists", Expected: true, principal is not null);
            yield return new($"{role} has not expired", Expected: true, principal is { IsValid: true });
        }

        if (desired.Entitlements.Count > 0 && desired.Binding.NativeId is { } bound)
            yield return new($"{role} is the one that the identity is bound to", Expected: true, principal is not null && Sql.Number(principal.Oid) == bound);
        if (!desired.PrincipalWanted)
            yield return new($"{role} exists and is ours", Expected: false, Marker.Of(principal?.Comment, platform) is { Kind: Marker.OfPrincipal } marker && marker.Identity == desired.IdentityId);
    }

    private async Task<Found?> PrincipalAsync(DesiredState desired, CancellationToken cancellation)
    {
        var rows = await api.ReadAsync(api.Home, $"look for the role {desired.Binding.Principal}", ProbeQueries.Principal,
            [desired.Binding.Principal, OwnNames.Identity(platform, desired.IdentityId)],
            row => new Found(row.GetInt64(0), row.GetBoolean(1), row.IsDBNull(2) ? null : row.GetString(2), row.GetInt64(3)), cancellation);
        return rows.Count > 0 ? rows[0] : null;
    }

    private async Task<IReadOnlyCollection<Permission>> NeighboursAsync(IReadOnlySet<Permission> given, CancellationToken cancellation)
    {
        var found = new List<Permission>();
        foreach (var inDatabase in given.Where(permission => permission.Name.Length > 0).GroupBy(permission => permission.Database, StringComparer.Ordinal))
        {
            var objects = JsonSerializer.Serialize(inDatabase.Select(permission => new { kind = permission.Kind, schema = permission.Schema, name = permission.Name }));
            var beside = await api.ReadAsync(inDatabase.Key, "look for neighbours", ProbeQueries.Neighbours, [objects],
                row => new Permission(row.GetString(0), inDatabase.Key, row.GetString(1), row.GetString(2), ""), cancellation);
            found.AddRange(beside.SelectMany(other => inDatabase
                .Where(permission => permission.Kind == other.Kind).Select(permission => other with { Privilege = permission.Privilege }).Distinct()));
        }

        return found;
    }

    /// <summary>What does not exist is allowed to nobody, and neither is anything to a role that does not.</summary>
    private async Task<IEnumerable<(Question Question, Answer Answer)>> AskAsync(Question[] questions, Found? principal, CancellationToken cancellation)
    {
        var answers = new Dictionary<int, Answer>();
        foreach (var inDatabase in questions.Select((question, n) => (question.Permission, N: n)).GroupBy(asked => asked.Permission.Database, StringComparer.Ordinal))
        {
            if (principal is null)
                break;
            var asked = JsonSerializer.Serialize(inDatabase.Select(one => Asked(one.N, one.Permission)));
            var rows = await api.ReadAsync(inDatabase.Key, "ask the authorizer", ProbeQueries.Ask, [asked, Sql.Number(principal.Oid), Sql.Number(principal.Identity)],
                row => (N: row.GetInt32(0), Answer: new Answer(row.GetBoolean(1), row.GetString(2))), cancellation);
            foreach (var (n, answer) in rows)
                answers[n] = answer;
        }

        return questions.Select((question, n) => (question, answers.GetValueOrDefault(n) ?? new(Allowed: false, "")));
    }

    private static object Asked(int n, Permission permission)
    {
        var function = permission.Kind == "function" ? FunctionName.Split(permission.Name) : (permission.Name, []);
        return new { n, kind = permission.Kind, schema = permission.Schema, name = function.Item1, types = function.Item2, privilege = permission.Privilege };
    }

    /// <param name="IsValid">False for one that logs in by itself and whose password is accepted no longer.</param>
    /// <param name="Identity">The identity's role; 0 when there is none.</param>
    private sealed record Found(long Oid, bool IsValid, string? Comment, long Identity);
}
