using NhiGrains.Domain.Approvals;
using NhiGrains.Domain.Entitlements;
using NhiGrains.Domain.Identities;
using NhiGrains.Domain.Policies;

namespace NhiGrains.Domain.Exceptions;

/// <summary>What somebody asks for.</summary>
public sealed record ExceptionRequest(
    string Name, IReadOnlyList<string> Rules, IReadOnlyList<Entitlement> Entitlements, TimeSpan Lifetime, string Justification);

/// <summary>How an exception comes to be asked for.</summary>
public static class ExceptionRequests
{
    public const int MaxRules = 20;

    public const int MaxEntitlements = 20;

    /// <summary>Of one identity, in force or waiting.</summary>
    public const int MaxOpen = 20;

    /// <summary>
    /// Of the canonical text, in characters. Everything that is in force is part of every decision, and goes into the audit with it.
    /// </summary>
    public const int LongestText = 5_000;

    /// <param name="by">Who asks.</param>
    /// <param name="subject">Whose token it is, when it acts as or for an identity and names somebody besides.</param>
    public static Result<Identity> Request(Identity identity, ExceptionRequest request, string by, string? subject, PolicySet set, DateTimeOffset now)
    {
        if (Check(identity, request) is { } refusal)
            return refusal;
        string[] rules = [.. request.Rules.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var terms = ExceptionPlan.Terms(set, rules);
        if (terms.Refusal is { } impossible)
            return impossible;
        if (request.Lifetime > terms.Value.MaxLifetime)
            return ExceptionRefusals.TooLong(terms.Value.MaxLifetime);
        var normal = request.Entitlements.Select(EntitlementRules.Normalize).ToArray();
        if (normal.Select(result => result.Refusal).FirstOrDefault(malformed => malformed is not null) is { } wrong)
            return wrong;
        var ballot = new Ballot(terms.Value.Approval, "", subject is null ? [by] : [by, subject], now + terms.Value.Approval.AnswerWithin);
        var exception = new PolicyException(request.Name, rules, [.. normal.Select(result => result.Value)], request.Justification, by, now, request.Lifetime) { Ballot = ballot };
        exception = exception with { Ballot = ballot with { Digest = ExceptionPlan.DigestOf(identity, exception, terms.Value, CompiledPolicy.Of(set).Version) } };
        return identity with { Exceptions = [.. identity.Exceptions, exception] };
    }

    private static Refusal? Check(Identity identity, ExceptionRequest request) =>
        ExceptionRules.CheckStatus(identity)
        ?? (Names.IsDnsLabel(request.Name) ? null : ExceptionRefusals.InvalidName)
        ?? (identity.Exceptions.Any(known => known.Name == request.Name) ? ExceptionRefusals.NameTaken : null)
        ?? (identity.Exceptions.Count(known => known.IsOpen) >= MaxOpen ? ExceptionRefusals.TooMany : null)
        ?? (string.IsNullOrWhiteSpace(request.Justification) ? ExceptionRefusals.JustificationRequired : null)
        ?? (request.Rules.Count is 0 or > MaxRules ? ExceptionRefusals.RulesRequired : null)
        ?? (request.Entitlements.Count is 0 or > MaxEntitlements ? ExceptionRefusals.EntitlementsRequired : null)
        ?? PolicyEngine.CheckLifetime(request.Lifetime)
        ?? (Canonical.Text(request).Length > LongestText ? ExceptionRefusals.TooLarge : null);
}
