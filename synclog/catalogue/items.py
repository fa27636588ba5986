"""Problems of one item: what a merchant corrects in the data."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from synclog.catalogue.entry import (
    AT_SOURCE,
    NEVER_TWICE,
    ON_CHANGE,
    ON_READING,
    Advice,
    Mend,
)

ITEMS = {
    "bad_record": Advice(
        _("The item cannot be taken as it is"),
        _("A value of the item does not fit the platform it goes to."),
        AT_SOURCE,
        ON_CHANGE,
    ),
    "refused": Advice(
        _("The platform refused it"),
        _("The platform read the item and said no; its own words stand below."),
        _("Correct what the platform names, then try again."),
        ON_CHANGE,
    ),
    "ambiguous": Advice(
        _("Several things fit it"),
        _("More than one thing there has the same key, and Weft never guesses."),
        _("Link the right one by hand, or give one of them another key."),
        _("Once it is linked, Weft goes on with it."),
    ),
    "partner_unknown": Advice(
        _("What it needs is unknown there"),
        _("It points to something that the target lacks and Weft may not make."),
        _("Link that other thing, or let the route create what is missing."),
        _("As soon as that thing is linked, Weft sends this one."),
    ),
    "missing_link": Advice(
        _("What it needs is not there yet"),
        _("It points to something that has not been brought to the target."),
        _("Nothing, unless it stays: then look at the thing it needs."),
        _("Weft brings that first and then goes on with this one."),
    ),
    "field_empty": Advice(
        _("A value is missing"),
        _("The target asks for a value that is empty at the source."),
        _("Fill it in where the item comes from."),
        ON_CHANGE,
    ),
    "field_unreadable": Advice(
        _("A value cannot be read"),
        _("What stands in the field is not what the field is for."),
        AT_SOURCE,
        ON_READING,
    ),
    "name_missing": Advice(
        _("The name is missing"),
        _("An item without a name cannot be shown to anybody."),
        _("Give it a name where it comes from."),
        ON_READING,
    ),
    "price_missing": Advice(
        _("The price is missing"),
        _("The item has no price, and none is made up."),
        _("Give it a price where it comes from."),
        ON_READING,
    ),
    "price_negative": Advice(
        _("The price is below zero"),
        _("A price below zero is never sent."),
        AT_SOURCE,
        ON_READING,
    ),
    "negative": Advice(
        _("A number is below zero"),
        _("The target takes no number below zero in this field."),
        AT_SOURCE,
        ON_CHANGE,
    ),
    "no_price": Advice(
        _("There is no price to send"),
        _("The target cannot hold this item without a price."),
        _("Give it a price, or ignore the problem."),
        ON_CHANGE,
    ),
    "id_missing": Advice(
        _("The row has no id"),
        _("The platform sent a row without the id by which it would be known again."),
        _("Look at the row on the platform."),
        ON_READING,
    ),
    "id_too_long": Advice(
        _("The row's id is too long"),
        _("The id is longer than any id Weft keeps."),
        _("Give it a shorter id on the platform."),
        ON_READING,
    ),
    "id_unreadable": Advice(
        _("The row's id cannot be read"),
        _("The id holds characters that cannot be stored."),
        _("Give it another id on the platform."),
        ON_READING,
    ),
    "unknown_word": Advice(
        _("A word is unknown"),
        _("The platform uses a word here that Weft has no meaning for."),
        _("Look whether the platform was changed; the field map can be changed too."),
        ON_READING,
        Mend.ROUTE,
    ),
    "unknown_entry": Advice(
        _("An entry of a list is unknown"),
        _("The item names an entry that the stored list does not hold."),
        _("Look whether the entry was removed on the platform."),
        _("Weft reads that list again once."),
    ),
    "key_changed": Advice(
        _("The key was changed by somebody else"),
        _("The value by which the item is found was edited on the target."),
        _("Put it back there, or link the two by hand."),
        _("Weft keeps to the link it has."),
    ),
    "gone_on_target": Advice(
        _("It is no longer there"),
        _("It was sent before and has been deleted on the target since."),
        _("Was that meant? If not, send it again: it is made anew."),
        ON_CHANGE,
    ),
    "sku_taken": Advice(
        _("The SKU is taken"),
        _("Another product there has this SKU, perhaps in the trash."),
        _("Give one of the two another SKU, or empty the trash there."),
        ON_CHANGE,
    ),
    "code_taken": Advice(
        _("The item code is taken"),
        _("Another item there has this code."),
        _("Give one of the two another SKU."),
        ON_CHANGE,
    ),
    "code_too_long": Advice(
        _("The SKU is too long"),
        _("The target's codes are shorter than this SKU."),
        _("Give the item a shorter SKU."),
        ON_CHANGE,
    ),
    "already_there": Advice(
        _("It is there already"),
        _("The target has it under the same key and may not be changed by Weft."),
        _("Link the two by hand, or ignore the problem."),
        NEVER_TWICE,
    ),
    "category_circle": Advice(
        _("The categories go in a circle"),
        _("A category is, over several steps, its own parent."),
        _("Break the circle where the categories come from."),
        ON_READING,
    ),
    "several_variants": Advice(
        _("It comes in several forms"),
        _("The target takes products of one form only."),
        _("Ignore the problem, or sell the forms as products of their own."),
        ON_CHANGE,
    ),
    "image_empty": Advice(
        _("A picture is empty"),
        _("The picture's file has no content."),
        _("Upload the picture again where it comes from."),
        ON_CHANGE,
    ),
    "image_gone": Advice(
        _("A picture is gone"),
        _("The source names a picture that it does not have any more."),
        _("Upload the picture again where it comes from."),
        ON_CHANGE,
    ),
    "image_nowhere": Advice(
        _("A picture has no address"),
        _("The source names a picture without saying where it is."),
        _("Upload the picture again where it comes from."),
        ON_READING,
    ),
    "image_unfetchable": Advice(
        _("A picture cannot be fetched"),
        _("The target tried to fetch the picture and did not get it."),
        _("See that its address can be opened from outside and shows a picture."),
        ON_CHANGE,
    ),
    "not_taken": Advice(
        _("The platform did not take it"),
        _("The platform answered as if all were well and has not stored it."),
        _("Look at the item there, then try again."),
        ON_CHANGE,
    ),
    "email_invalid": Advice(
        _("The e-mail address is not valid"),
        _("The target refuses this address."),
        _("Correct the address in the shop."),
        ON_CHANGE,
    ),
    "name_taken": Advice(
        _("The name is taken"),
        _("Another contact there has this name."),
        _("Link the right one, or change one of the two names."),
        ON_CHANGE,
    ),
    "nameless": Advice(
        _("The buyer has no name"),
        _("Neither a name nor a company nor an e-mail address is known."),
        _("Fill in the buyer's name in the shop."),
        ON_CHANGE,
    ),
    "unsupported": Advice(
        _("The target has no place for it"),
        _("The other side cannot express this at all."),
        _("Change the item, or ignore the problem."),
        ON_CHANGE,
    ),
    "product_invalid_sku": Advice(
        _("The SKU is taken"),
        _("Another product there has this SKU, perhaps in the trash."),
        _("Give one of the two another SKU, or empty the trash there."),
        ON_CHANGE,
    ),
    "partner_ignored": Advice(
        _("What it needs is ignored"),
        _("It points to something that a person told Weft to ignore."),
        _("Stop ignoring that other thing, or link it by hand."),
        _("As soon as that thing is linked, Weft sends this one."),
    ),
    "kept_apart": Advice(
        _("It was unlinked by hand"),
        _("What fits it there was taken apart from it by a person."),
        _("Link the two again by hand, or give one of them another key."),
        _("Weft does not join what a person took apart."),
    ),
    "still_leaving": Advice(
        _("The old one has not left yet"),
        _("Its predecessor is gone, and is still to be unpublished there."),
        _("Nothing, unless the other has an error of its own: that one first."),
        _("Weft tries again; it takes the place as soon as the other has left it."),
    ),
    "cannot_link": Advice(
        _("The two cannot be linked"),
        _("One of the two is linked to something else, or is being written."),
        _("Unlink the other first, or wait until the write is over."),
        _("Weft keeps to the links it has."),
    ),
}
