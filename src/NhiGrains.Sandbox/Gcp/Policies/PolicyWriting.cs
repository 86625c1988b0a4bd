using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NhiGrains.Sandbox.Gcp.Conditions;
using NhiGrains.Sandbox.Gcp.Http;
using NhiGrains.Sandbox.Gcp.Roles;
using NhiGrains.Sandbox.Gcp.State;

namespace NhiGrains.Sandbox.Gcp.Policies;

/// <summary>What a policy must be to be set in place of another one.</summary>
internal static class PolicyWriting
{
    /// <summary>Counted once for each binding that they are in.</summary>
    internal const int MostMembers = 1500;

    /// <summary>Bindings of one role to one member that differ in their conditions.</summary>
    internal const int MostConditionsOfOne = 20;

    /// <summary>
    /// The policy that <paramref name="given"/> makes of the current one. Without an etag it is taken whatever there was before, and
    /// conditions that it does not have are lost.
    /// </summary>
    /// <exception cref="GoogleError">409, when the etag is an older one's; 400, when it is not a policy that may be set here.</exception>
    public static Policy Next(Policy current, JsonObject given, string? mask, PolicyPlace place, ProjectState state)
    {
        var version = given.Number("version") ?? 0;
        if (version is not (0 or 1 or 3))
            throw GoogleError.Invalid($"Invalid policy version {version}. Valid values are 0, 1 and 3.", "policy.version");
        if (given.Text("etag") is { Length: > 0 } etag)
        {
            if (etag != current.Etag)
                throw place.Stale();
            if (version != 3 && current.HasConditions)
                throw GoogleError.Invalid("The policy includes conditions: specify policy version 3 to change it.", "policy.version");
        }

        var bindings = ReadBindings(current, given, place, state);
        if (version != 3 && bindings.Any(binding => binding.Condition is not null))
            throw GoogleError.Invalid("Conditional role bindings need policy version 3.", "policy.version");
        CheckLimits(bindings);
        var (takesBindings, takesAudit) = ReadMask(mask);
        return new(
            takesBindings ? bindings : current.Bindings,
            Etag(state.Writes + 1),
            takesAudit ? given["auditConfigs"]?.ToJsonString() : current.AuditConfigs);
    }

    /// <summary>An etag that no other write of the project gives.</summary>
    public static string Etag(long write)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, 0x0706_0000_0000_0000 | write);
        return Convert.ToBase64String(bytes);
    }

    private static (bool Bindings, bool Audit) ReadMask(string? mask)
    {
        if (string.IsNullOrEmpty(mask))
            return (true, false);
        var paths = mask.Split(',', StringSplitOptions.TrimEntries);
        return Array.Find(paths, path => path is not ("bindings" or "etag" or "version" or "auditConfigs" or "audit_configs")) is { } unknown
            ? throw GoogleError.Invalid($"Invalid value in update mask: {unknown}", "update_mask")
            : (paths.Contains("bindings"), paths.Contains("auditConfigs") || paths.Contains("audit_configs"));
    }

    /// <summary>Bindings of the same role and condition become one; empty ones are dropped; all are sorted.</summary>
    private static ImmutableArray<Binding> ReadBindings(Policy current, JsonObject given, PolicyPlace place, ProjectState state)
    {
        var members = new Dictionary<(string Role, Condition? Condition), ImmutableSortedSet<string>.Builder>();
        foreach (var binding in given.Objects("bindings"))
        {
            var role = binding.Needed("role");
            // A role that was deleted since it was granted stays, so that others' bindings can still be changed.
            if (!RoleBook.MayBeGranted(role, state) && !current.Bindings.Any(existing => existing.Role == role))
                throw GoogleError.Invalid($"Role {role} is not supported for this resource.", "policy.bindings.role");
            var condition = ReadCondition(binding, role, place);
            foreach (var member in binding.Texts("members"))
            {
                CheckMember(member, role, condition, current, place);
                if (!members.TryGetValue((role, condition), out var those))
                    members[(role, condition)] = those = ImmutableSortedSet.CreateBuilder<string>(StringComparer.Ordinal);
                those.Add(Member.ToKept(member, state, place.Project));
            }
        }

        return [.. members.Select(binding => new Binding(binding.Key.Role, binding.Key.Condition, binding.Value.ToImmutable()))
            .OrderBy(binding => binding.Role, StringComparer.Ordinal)
            .ThenBy(binding => binding.Condition?.Expression ?? "", StringComparer.Ordinal)
            .ThenBy(binding => binding.Condition?.Title ?? "", StringComparer.Ordinal)
            .ThenBy(binding => binding.Condition?.Description ?? "", StringComparer.Ordinal)];
    }

    private static void CheckMember(string member, string role, Condition? condition, Policy current, PolicyPlace place)
    {
        if (member is "allUsers" or "allAuthenticatedUsers")
        {
            if (place.IsProject)
                throw GoogleError.Invalid($"The project does not support {member} as a member.", "policy.bindings.members");
            if (condition is not null)
                throw GoogleError.Invalid($"Conditions can't be set on {member}.", "policy.bindings.members");
        }

        // An owner who is a person has to be invited and to accept.
        if (place.IsProject && role == "roles/owner" && member.StartsWith("user:", StringComparison.Ordinal)
            && !current.Bindings.Any(binding => binding.Role == role && binding.Members.Contains(member)))
            throw GoogleError.Invalid("SOLO_MUST_INVITE_OWNERS: a user cannot be granted the owner role in this way.", "policy.bindings.members");
    }

    private static Condition? ReadCondition(JsonObject binding, string role, PolicyPlace place)
    {
        if (binding.Object("condition") is not { } condition)
            return null;
        if (!place.TakesConditions)
            throw GoogleError.Invalid("Conditions are not supported in policies of this resource.", "policy.bindings.condition");
        if (PredefinedRoles.IsBasic(role))
            throw GoogleError.Invalid($"Conditions can't be set on primitive roles: {role}.", "policy.bindings.condition");
        var title = condition.Text("title");
        if (string.IsNullOrEmpty(title) || title.Length > 100)
            throw GoogleError.Invalid("A condition must have a title of at most 100 characters.", "policy.bindings.condition.title");
        var description = condition.Text("description") ?? "";
        if (description.Length > 256)
            throw GoogleError.Invalid("A condition's description must have at most 256 characters.", "policy.bindings.condition.description");
        try
        {
            return new(title, description, condition.Needed("expression"));
        }
        catch (CelException broken)
        {
            throw GoogleError.Invalid($"Condition expression compilation failed: ERROR: {broken.Message}", "policy.bindings.condition.expression");
        }
    }

    private static void CheckLimits(ImmutableArray<Binding> bindings)
    {
        var count = bindings.Sum(binding => binding.Members.Count);
        if (count > MostMembers)
            throw GoogleError.Invalid($"The number of members in the policy ({count:N0}) is larger than the maximum allowed size {MostMembers:N0}.");
        var crowded = bindings.Where(binding => binding.Condition is not null)
            .SelectMany(binding => binding.Members.Select(member => (binding.Role, Member: member)))
            .CountBy(pair => pair).FirstOrDefault(pair => pair.Value > MostConditionsOfOne);
        if (crowded.Value > 0)
            throw GoogleError.Invalid($"A member may have at most {MostConditionsOfOne} conditional bindings of {crowded.Key.Role} in a policy.");
    }
}

/// <summary>Where a policy is set.</summary>
/// <param name="TakesConditions">
/// Projects, service accounts, secrets, services of Cloud Run, and buckets with uniform access do; topics and subscriptions do not.
/// </param>
/// <param name="Stale">The refusal of a stale etag: Cloud Storage has another one than the others.</param>
internal sealed record PolicyPlace(string Project, bool IsProject, bool TakesConditions, Func<GoogleError> Stale)
{
    public static GoogleError Aborted() =>
        GoogleError.Aborted("There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.");
}
