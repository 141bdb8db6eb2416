"""A condition is tried against every answer that it could ever meet."""

from inspector.catalog.conditions import MAX_COMBINATIONS, fault_of_reach
from inspector.domain.checklist import AllOf, Choice, ConditionTest, ItemKind, Scale
from tests.domain.lists import a_fact, an_item, when


def by_id(*items):
    return {item.id: item for item in items}


def test_a_condition_that_its_own_items_condition_rules_out_is_never_true():
    gate, inner = a_fact("gate"), a_fact("inner", shows=when("gate", "yes"))
    ruled_out = AllOf(parts=(when("inner", "yes"), when("gate", "no")))
    assert "永远不成立" in fault_of_reach(ruled_out, by_id(gate, inner))[0]


def test_a_condition_that_covers_every_answer_of_an_item_that_may_be_hidden_is_not_always_true():
    gate, inner = a_fact("gate"), a_fact("inner", shows=when("gate", "yes"))
    covering = when("inner", "yes", "no", test=ConditionTest.ANY_OF)
    assert fault_of_reach(covering, by_id(gate, inner)) is None


def test_items_that_share_an_id_and_look_at_one_another_end_the_search():
    first, second = a_fact("one", shows=when("two", "yes")), a_fact("two", shows=when("one", "yes"))
    assert fault_of_reach(when("two", "yes"), by_id(first, second)) is not None


def test_thirty_levels_below_one_another_are_few_combinations():
    chain = [a_fact("level-0")]
    for depth in range(1, 30):
        chain.append(a_fact(f"level-{depth}", shows=when(f"level-{depth - 1}", "yes")))
    assert fault_of_reach(when("level-29", "yes"), by_id(*chain)) is None
    ruled_out = AllOf(parts=(when("level-29", "yes"), when("level-0", "no")))
    assert "永远不成立" in fault_of_reach(ruled_out, by_id(*chain))[0]


def test_numbers_are_tried_at_each_threshold_and_beside_it():
    mass = an_item("mass", ItemKind.MEASURE, scale=Scale(unit="千克", decimals=0, lowest="0", highest="10"))
    above, below = (
        when("mass", n, test=t) for n, t in (("4", ConditionTest.ABOVE), ("6", ConditionTest.BELOW))
    )
    assert fault_of_reach(AllOf(parts=(above, below)), by_id(mass)) is None
    narrow = when("mass", "5", test=ConditionTest.BELOW)
    assert "永远不成立" in fault_of_reach(AllOf(parts=(above, narrow)), by_id(mass))[0]


def test_a_condition_on_too_many_answers_is_refused_rather_than_half_checked():
    many = tuple(Choice(id=f"c{number}", label="样例") for number in range(30))
    gates = [an_item(f"gate-{number}", ItemKind.CHOICE, choices=many) for number in range(3)]
    condition = AllOf(parts=tuple(when(gate.id, "c1") for gate in gates))
    assert str(MAX_COMBINATIONS) in fault_of_reach(condition, by_id(*gates))[1]
