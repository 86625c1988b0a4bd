using System.Collections.Immutable;
using System.Text.Json;

namespace NhiGrains.Sandbox.Aws.Policies;

/// <summary>Reads the conditions of a statement: operators, keys, and for each key one value or several.</summary>
internal static class ConditionReader
{
    public static ImmutableArray<Condition> Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
            throw PolicyReader.Syntax();
        var conditions = ImmutableArray.CreateBuilder<Condition>();
        foreach (var one in json.EnumerateObject())
        {
            var comparison = ConditionOperator.Parse(one.Name) ?? throw AwsException.MalformedPolicy($"Invalid Condition type : {one.Name}.");
            if (one.Value.ValueKind != JsonValueKind.Object)
                throw PolicyReader.Syntax();
            conditions.AddRange(one.Value.EnumerateObject().Select(key => Read(comparison, key)));
        }

        return conditions.ToImmutable();
    }

    private static Condition Read(ConditionOperator comparison, JsonProperty key)
    {
        if (!key.Name.Contains(':', StringComparison.Ordinal))
            throw AwsException.MalformedPolicy("Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.");
        ImmutableArray<string> values = [.. PolicyReader.Many(key.Value).Select(Value)];
        if (values.IsEmpty || !values.All(value => Comparisons.CanBe(comparison.Comparison, value)))
            throw PolicyReader.Syntax();
        return new(comparison, key.Name, values);
    }

    private static string Value(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.String => json.GetString() ?? "",
        JsonValueKind.Number => json.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => throw PolicyReader.Syntax(),
    };
}
