using System.Text.Json;
using System.Text.Json.Serialization;
using NhiGrains.Domain;
using NhiGrains.Domain.Enforcement;
using NhiGrains.Platforms.Kubernetes.Observing;

namespace NhiGrains.Platforms.Kubernetes.Compiling;

/// <summary>What a Role or ClusterRole of ours means.</summary>
/// <param name="Aggregated">Somebody lets the cluster fill in rules by labels; never desired.</param>
/// <param name="Misplaced">Custom resources of a ClusterRole that by their definitions do not belong to the cluster; never desired.</param>
internal sealed record RoleBody(IReadOnlyList<Rule> Rules, bool Aggregated = false, IReadOnlyList<string>? Misplaced = null)
{
    public static RoleBody Of(RoleItem role) => new(Compiling.Rules.Of(role.Rules), role.Aggregated, role.Misplaced);
}

/// <summary>What a binding of ours means.</summary>
/// <param name="Role"><c>Role/name</c> or <c>ClusterRole/name</c>.</param>
/// <param name="Subjects"><c>ServiceAccount/namespace/name</c>, <c>User/name</c> or <c>Group/name</c>, sorted.</param>
internal sealed record BindingBody(string Role, IReadOnlyList<string> Subjects);

/// <summary>What a binding of somebody else gives the principal. Other subjects are none of our business.</summary>
/// <param name="Via">The subjects of the binding that the principal is, or is in.</param>
/// <param name="Rules">What the role gives; null when there is no such role, or when it is too long to carry around.</param>
/// <param name="RulesDigest">In place of rules that are too long, so that a change still shows.</param>
internal sealed record GivenBody(string Role, IReadOnlyList<string> Via, IReadOnlyList<Rule>? Rules, string? RulesDigest = null);

internal static class Bodies
{
    private const int MaxRulesLength = 8_192;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    };

    public static string Text<T>(T body) => JsonSerializer.Serialize(body, Json);

    public static GivenBody Given(string role, IReadOnlyList<string> via, IReadOnlyList<Rule>? rules)
    {
        var text = Text(rules);
        return text.Length <= MaxRulesLength ? new(role, via, rules) : new(role, via, null, Canonical.DigestOfText(text));
    }

    /// <exception cref="PlatformException">The object is not one that this connector compiled.</exception>
    public static T Read<T>(NativeObject from)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(from.Body, Json) ?? throw NotOurs(from);
        }
        catch (JsonException)
        {
            throw NotOurs(from);
        }
    }

    private static PlatformException NotOurs(NativeObject from) =>
        new(PlatformError.Rejected, $"The plan for {from.Kind} {from.Key} was not compiled for Kubernetes.");
}
