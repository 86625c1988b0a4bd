using GraphQL.Types;
using NhiGrains.Domain;

namespace NhiGrains.GraphQL.Types;

internal sealed class RefusalType : Described<Refusal>
{
    public RefusalType()
        : base("Refusal", "An expected 'no': what is wrong, and what to do about it. Nothing was changed.")
    {
        Show("code", Of.Text, "Stable and machine-readable, for example 'UNKNOWN_IDENTITY'.", refusal => refusal.Code);
        Show("message", Of.Text, "What is wrong, in one sentence.", refusal => refusal.Message);
        Show("remedy", Of.Text, "What the caller can do.", refusal => refusal.Remedy);
        Show("field", Of.Maybe<StringGraphType>(), "The input that is to blame, if one is.", refusal => refusal.Field);
    }
}

/// <summary>Either what was asked for, or a <see cref="Refusal"/>; named after the former.</summary>
internal sealed class ResultType<TGraph> : UnionGraphType
    where TGraph : IObjectGraphType
{
    public ResultType()
    {
        var success = typeof(TGraph).Name[..^"Type".Length];
        Name = (success.EndsWith("Success", StringComparison.Ordinal) ? success[..^"Success".Length] : success) + "Result";
        Description = $"Either {success} or Refusal.";
        Type<TGraph>();
        Type<RefusalType>();
    }
}

/// <param name="Result">What the mutation's union holds.</param>
internal sealed record Payload(string IdempotencyKey, object Result);

/// <summary>The answer of a mutation; named after its success.</summary>
internal sealed class PayloadType<TGraph> : Described<Payload>
    where TGraph : IObjectGraphType
{
    public PayloadType()
        : base(typeof(TGraph).Name[..^"SuccessType".Length] + "Payload", "The answer of a mutation.")
    {
        Show("idempotencyKey", Of.Text, "The key that was given, or made: the same call with it is not carried out again.",
            payload => payload.IdempotencyKey);
        Show("result", Of.One<ResultType<TGraph>>(), "The outcome.", payload => payload.Result);
    }
}

/// <param name="Result">What the mutation's union holds.</param>
internal sealed record UnkeyedPayload(object Result);

/// <summary>The answer of a mutation that is carried out at every call; named after its success.</summary>
internal sealed class UnkeyedPayloadType<TGraph> : Described<UnkeyedPayload>
    where TGraph : IObjectGraphType
{
    public UnkeyedPayloadType()
        : base(typeof(TGraph).Name[..^"SuccessType".Length] + "Payload", "The answer of a mutation that is carried out at every call.") =>
        Show("result", Of.One<ResultType<TGraph>>(), "The outcome.", payload => payload.Result);
}
